package org.megaetl.transformers.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.DoubleNode;
import tools.jackson.databind.node.FloatNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Reads messages of Protocol Buffers. A field that a message leaves out has its default,
 * unless its absence means something: then it is missing.
 */
final class ProtobufReader implements PayloadReader {

	private final Descriptor type;

	private final boolean defaults;

	private ProtobufReader(Descriptor type, boolean defaults) {
		this.type = type;
		this.defaults = defaults;
	}

	/**
	 * Creates a reader.
	 * @param definition the text of a {@code .proto} file, whose first message it reads
	 * @return the reader
	 * @throws IllegalArgumentException if the definition is not valid, or not understood
	 */
	static ProtobufReader of(String definition) {
		List<Descriptor> messages = ProtobufDefinition.parse(definition).getMessageTypes();
		if (messages.isEmpty()) {
			throw new IllegalArgumentException("it defines no message");
		}
		return new ProtobufReader(messages.get(0), true);
	}

	@Override
	public List<JsonNode> read(byte[] payload) {
		return List.of(object(parse(payload)));
	}

	/**
	 * Checks what the message itself has: no defaults, and what the definition does not
	 * describe.
	 */
	@Override
	public void check(byte[] payload, JsonNode record, KnownFields fields) {
		Message message = parse(payload);
		refuseUnknown(message);
		fields.check(new ProtobufReader(this.type, false).object(message));
	}

	private Message parse(byte[] payload) {
		try {
			return DynamicMessage.parseFrom(this.type, payload);
		}
		catch (InvalidProtocolBufferException ex) {
			throw new IllegalArgumentException(
					"The payload is not a message '" + this.type.getName() + "': " + ex.getMessage(), ex);
		}
	}

	private static void refuseUnknown(Message message) {
		for (int number : message.getUnknownFields().asMap().keySet()) {
			throw new IllegalArgumentException(
					"The schema has no field " + number + " in '" + message.getDescriptorForType().getName()
							+ "', or one of another type, and 'on-unknown' is 'fail'");
		}
		for (Object value : message.getAllFields().values()) {
			for (Object element : (value instanceof List<?> list) ? list : List.of(value)) {
				if (element instanceof Message nested) {
					refuseUnknown(nested);
				}
			}
		}
	}

	private ObjectNode object(Message message) {
		ObjectNode object = JsonNodeFactory.instance.objectNode();
		for (FieldDescriptor field : this.defaults ? message.getDescriptorForType().getFields()
				: message.getAllFields().keySet()) {
			if (field.isMapField()) {
				object.set(field.getName(), map(message, field));
			}
			else if (field.isRepeated()) {
				object.set(field.getName(), array(message, field));
			}
			else if (!field.hasPresence() || message.hasField(field)) {
				object.set(field.getName(), value(field, message.getField(field)));
			}
		}
		return object;
	}

	private ArrayNode array(Message message, FieldDescriptor field) {
		ArrayNode array = JsonNodeFactory.instance.arrayNode();
		for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
			array.add(value(field, message.getRepeatedField(field, i)));
		}
		return array;
	}

	private ObjectNode map(Message message, FieldDescriptor field) {
		FieldDescriptor key = field.getMessageType().findFieldByNumber(1);
		FieldDescriptor value = field.getMessageType().findFieldByNumber(2);
		ObjectNode object = JsonNodeFactory.instance.objectNode();
		for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
			Message entry = (Message) message.getRepeatedField(field, i);
			object.set(value(key, entry.getField(key)).asString(), value(value, entry.getField(value)));
		}
		return object;
	}

	private JsonNode value(FieldDescriptor field, Object value) {
		return switch (field.getJavaType()) {
			case INT -> integer(field, (Integer) value);
			case LONG -> integer(field, (Long) value);
			case FLOAT -> floating((Float) value);
			case DOUBLE -> DoubleNode.valueOf((Double) value);
			case BOOLEAN -> BooleanNode.valueOf((Boolean) value);
			case STRING -> StringNode.valueOf((String) value);
			case BYTE_STRING -> BinaryNode.valueOf(((ByteString) value).toByteArray());
			case ENUM -> enumeration((EnumValueDescriptor) value);
			case MESSAGE -> message((Message) value);
		};
	}

	private static JsonNode integer(FieldDescriptor field, int value) {
		return switch (field.getType()) {
			case UINT32, FIXED32 -> LongNode.valueOf(Integer.toUnsignedLong(value));
			default -> IntNode.valueOf(value);
		};
	}

	private static JsonNode integer(FieldDescriptor field, long value) {
		return switch (field.getType()) {
			case UINT64, FIXED64 -> (value >= 0) ? LongNode.valueOf(value)
					: JsonNodeFactory.instance.numberNode(new BigInteger(Long.toUnsignedString(value)));
			default -> LongNode.valueOf(value);
		};
	}

	/**
	 * Returns the shortest decimal that is this float, and not this float as a double.
	 */
	private static JsonNode floating(float value) {
		return Float.isFinite(value) ? DecimalNode.valueOf(new BigDecimal(Float.toString(value)))
				: FloatNode.valueOf(value);
	}

	/**
	 * Returns the name, or the number if the definition does not know it.
	 */
	private static JsonNode enumeration(EnumValueDescriptor value) {
		return (value.getIndex() >= 0) ? StringNode.valueOf(value.getName()) : IntNode.valueOf(value.getNumber());
	}

	/**
	 * Returns an object, or what those messages stand for that a definition may import.
	 */
	private JsonNode message(Message message) {
		Descriptor type = message.getDescriptorForType();
		if (type.getFile().equals(ProtobufDefinition.WRAPPERS)) {
			FieldDescriptor field = type.findFieldByNumber(1);
			return value(field, message.getField(field));
		}
		if (type.equals(Timestamp.getDescriptor())) {
			long seconds = (Long) message.getField(type.findFieldByNumber(Timestamp.SECONDS_FIELD_NUMBER));
			int nanos = (Integer) message.getField(type.findFieldByNumber(Timestamp.NANOS_FIELD_NUMBER));
			return StringNode.valueOf(Instant.ofEpochSecond(seconds, nanos).toString());
		}
		return object(message);
	}

}
