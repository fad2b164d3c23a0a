package org.megaetl.connector.kafka;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;
import org.megaetl.transform.AvroTimes;
import tools.jackson.databind.json.JsonMapper;

/**
 * A schema of Apache Avro. A union becomes its value, without the name of its branch;
 * decimals become numbers, dates and times texts of ISO 8601, other logical types stay
 * what they are based on; bytes become Base64, or text where they are fixed.
 */
final class AvroSchema implements PayloadSchema {

	private static final JsonMapper json = JsonMapper.shared();

	private final Schema schema;

	private AvroSchema(Schema schema) {
		this.schema = schema;
	}

	static AvroSchema of(List<String> texts) {
		Schema.Parser parser = new Schema.Parser();
		Schema last = null;
		for (String text : texts) {
			last = parser.parse(text);
		}
		if (last == null) {
			throw new IllegalArgumentException("it is empty");
		}
		return new AvroSchema(last);
	}

	@Override
	public byte[] toJson(ByteBuffer payload) throws IOException {
		BinaryDecoder decoder = DecoderFactory.get()
			.binaryDecoder(payload.array(), payload.arrayOffset() + payload.position(), payload.remaining(), null);
		Object value = new GenericDatumReader<>(this.schema).read(null, decoder);
		if (!decoder.isEnd()) {
			throw new IllegalArgumentException("The payload is longer than its schema says");
		}
		return json.writeValueAsBytes(plain(value, this.schema));
	}

	private static @Nullable Object plain(@Nullable Object value, Schema schema) {
		if (value == null) {
			return null;
		}
		return switch (schema.getType()) {
			case UNION -> plain(value, schema.getTypes().get(GenericData.get().resolveUnion(schema, value)));
			case RECORD -> {
				Map<String, Object> fields = new LinkedHashMap<>();
				for (Schema.Field field : schema.getFields()) {
					fields.put(field.name(), plain(((IndexedRecord) value).get(field.pos()), field.schema()));
				}
				yield fields;
			}
			case ARRAY -> {
				List<Object> elements = new ArrayList<>();
				((Iterable<?>) value).forEach((element) -> elements.add(plain(element, schema.getElementType())));
				yield elements;
			}
			case MAP -> {
				Map<String, Object> entries = new LinkedHashMap<>();
				((Map<?, ?>) value).forEach(
						(name, element) -> entries.put(String.valueOf(name), plain(element, schema.getValueType())));
				yield entries;
			}
			case BYTES -> {
				byte[] bytes = new byte[((ByteBuffer) value).remaining()];
				((ByteBuffer) value).duplicate().get(bytes);
				yield (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) ? decimal(bytes, decimal)
						: bytes;
			}
			case FIXED -> {
				byte[] bytes = ((GenericFixed) value).bytes();
				yield (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) ? decimal(bytes, decimal)
						: new String(bytes, StandardCharsets.ISO_8859_1);
			}
			case INT, LONG -> time((Number) value, schema.getLogicalType());
			case STRING, ENUM -> value.toString();
			default -> value;
		};
	}

	private static Object time(Number value, @Nullable LogicalType type) {
		String time = (type != null) ? AvroTimes.text(type.getName(), value.longValue()) : null;
		return (time != null) ? time : value;
	}

	private static BigDecimal decimal(byte[] bytes, LogicalTypes.Decimal type) {
		return new BigDecimal(new BigInteger(bytes), type.getScale());
	}

}
