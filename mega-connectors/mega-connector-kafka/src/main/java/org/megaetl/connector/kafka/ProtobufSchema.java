package org.megaetl.connector.kafka;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.protobuf.AnyProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DurationProto;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.EmptyProto;
import com.google.protobuf.FieldMaskProto;
import com.google.protobuf.StructProto;
import com.google.protobuf.TimestampProto;
import com.google.protobuf.WrappersProto;
import com.google.protobuf.util.JsonFormat;

/**
 * A schema of Protocol Buffers. The JSON is Protobuf's own mapping, with the fields'
 * names as they are in the schema, and fields that have their default.
 */
final class ProtobufSchema implements PayloadSchema {

	private static final List<FileDescriptor> WELL_KNOWN = List.of(AnyProto.getDescriptor(),
			DurationProto.getDescriptor(), EmptyProto.getDescriptor(), FieldMaskProto.getDescriptor(),
			StructProto.getDescriptor(), TimestampProto.getDescriptor(), WrappersProto.getDescriptor());

	private final FileDescriptor file;

	private final JsonFormat.Printer printer = JsonFormat.printer()
		.preservingProtoFieldNames()
		.alwaysPrintFieldsWithNoPresence()
		.omittingInsignificantWhitespace();

	private ProtobufSchema(FileDescriptor file) {
		this.file = file;
	}

	/**
	 * Builds a schema.
	 * @param texts descriptors of files in Base64, each after those that it imports
	 */
	static ProtobufSchema of(List<String> texts) {
		Map<String, FileDescriptor> files = new LinkedHashMap<>();
		WELL_KNOWN.forEach((each) -> files.put(each.getName(), each));
		FileDescriptor last = null;
		for (String text : texts) {
			try {
				FileDescriptorProto proto = FileDescriptorProto.parseFrom(Base64.getDecoder().decode(text));
				FileDescriptor[] imports = proto.getDependencyList()
					.stream()
					.filter(files::containsKey)
					.map(files::get)
					.toArray(FileDescriptor[]::new);
				last = FileDescriptor.buildFrom(proto, imports);
				files.put(proto.getName(), last);
			}
			catch (IOException | DescriptorValidationException ex) {
				throw new IllegalArgumentException(ex.getMessage(), ex);
			}
		}
		if (last == null) {
			throw new IllegalArgumentException("it is empty");
		}
		return new ProtobufSchema(last);
	}

	@Override
	public byte[] toJson(ByteBuffer payload) throws IOException {
		CodedInputStream input = CodedInputStream.newInstance(payload);
		Descriptor message = message(indexes(input));
		ByteString rest = ByteString.copyFrom(input.readRawBytes(payload.remaining() - input.getTotalBytesRead()));
		return this.printer.print(DynamicMessage.parseFrom(message, rest)).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Reads which message of the file it is: its index, after those of the messages that
	 * it is nested in. The usual one, the first, is written as none.
	 */
	private static List<Integer> indexes(CodedInputStream input) throws IOException {
		int count = input.readSInt32();
		List<Integer> indexes = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			indexes.add(input.readSInt32());
		}
		return indexes.isEmpty() ? List.of(0) : indexes;
	}

	private Descriptor message(List<Integer> indexes) {
		Descriptor message = this.file.getMessageTypes().get(indexes.get(0));
		for (int index : indexes.subList(1, indexes.size())) {
			message = message.getNestedTypes().get(index);
		}
		return message;
	}

}
