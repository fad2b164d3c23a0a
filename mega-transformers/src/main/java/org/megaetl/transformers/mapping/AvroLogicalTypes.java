package org.megaetl.transformers.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.megaetl.transform.AvroTimes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Gives values of Avro the meaning that their schema says they have: decimals, dates and
 * times, which are numbers and bytes otherwise.
 */
final class AvroLogicalTypes {

	private final Schema schema;

	/** By the names of record types, whether there is anything to do in them. */
	private final Map<Schema, Boolean> relevant = new HashMap<>();

	AvroLogicalTypes(Schema schema) {
		this.schema = schema;
		isRelevant(schema, new HashSet<>());
	}

	/**
	 * Converts a record.
	 * @param record the record, which is changed
	 * @return the record
	 */
	JsonNode convert(JsonNode record) {
		return convert(record, this.schema, this.schema.getName());
	}

	private boolean isRelevant(Schema type, Set<Schema> seen) {
		Boolean known = this.relevant.get(type);
		if (known != null) {
			return known;
		}
		if (!seen.add(type)) {
			// contains itself: look into it when there is a value
			return true;
		}
		boolean is = type.getLogicalType() != null || type.getType() == Schema.Type.FLOAT
				|| parts(type).stream().anyMatch((part) -> isRelevant(part, seen));
		this.relevant.put(type, is);
		return is;
	}

	private static List<Schema> parts(Schema type) {
		return switch (type.getType()) {
			case RECORD -> type.getFields().stream().map(Schema.Field::schema).toList();
			case ARRAY -> List.of(type.getElementType());
			case MAP -> List.of(type.getValueType());
			case UNION -> type.getTypes();
			default -> List.of();
		};
	}

	private JsonNode convert(JsonNode node, Schema declared, String name) {
		if (node.isNull() || Boolean.FALSE.equals(this.relevant.get(declared))) {
			return node;
		}
		Schema type = (declared.getType() == Schema.Type.UNION) ? typeOf(node, declared, name) : declared;
		if (type.getType() == Schema.Type.RECORD && node instanceof ObjectNode object) {
			for (Schema.Field field : type.getFields()) {
				JsonNode value = object.get(field.name());
				if (value != null) {
					object.set(field.name(), convert(value, field.schema(), field.name()));
				}
			}
		}
		else if (type.getType() == Schema.Type.MAP && node instanceof ObjectNode object) {
			List.copyOf(object.propertyNames())
				.forEach((key) -> object.set(key, convert(object.get(key), type.getValueType(), name)));
		}
		else if (type.getType() == Schema.Type.ARRAY && node instanceof ArrayNode array) {
			for (int i = 0; i < array.size(); i++) {
				array.set(i, convert(array.get(i), type.getElementType(), name));
			}
		}
		return value(node, type);
	}

	/**
	 * Returns the type of a union that a value has. Only the value tells which one that
	 * is.
	 */
	private static Schema typeOf(JsonNode node, Schema union, String name) {
		List<Schema> types = union.getTypes().stream().filter((type) -> type.getType() != Schema.Type.NULL).toList();
		if (types.size() > 1) {
			types = types.stream().filter((type) -> mayBe(node, type)).toList();
		}
		if (types.size() != 1) {
			throw new IllegalArgumentException(
					"The field '" + name + "' has a value of which cannot be told which type of its union it has, of "
							+ union + ". A decimal, a date or a time must not be in a union with others like it");
		}
		return types.get(0);
	}

	private static boolean mayBe(JsonNode node, Schema type) {
		return switch (type.getType()) {
			case NULL -> node.isNull();
			case BOOLEAN -> node.isBoolean();
			case INT -> node.isInt();
			case LONG -> node.isLong();
			case FLOAT, DOUBLE -> node.isFloatingPointNumber();
			case STRING, ENUM -> node.isString();
			case BYTES, FIXED -> node.isBinary() || node.isBigDecimal();
			case ARRAY -> node.isArray();
			case MAP, RECORD -> node.isObject();
			case UNION -> false;
		};
	}

	private static JsonNode value(JsonNode node, Schema type) {
		if (type.getType() == Schema.Type.FLOAT && node.isNumber()) {
			// the shortest decimal that is this float, and not this float as a double
			return Float.isFinite(node.floatValue())
					? DecimalNode.valueOf(new BigDecimal(Float.toString(node.floatValue()))) : node;
		}
		if (type.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
			return (node instanceof BinaryNode bytes)
					? DecimalNode.valueOf(new BigDecimal(new BigInteger(bytes.binaryValue()), decimal.getScale()))
					: node;
		}
		String time = (type.getLogicalType() != null && node.isIntegralNumber())
				? AvroTimes.text(type.getLogicalType().getName(), node.longValue()) : null;
		return (time != null) ? StringNode.valueOf(time) : node;
	}

}
