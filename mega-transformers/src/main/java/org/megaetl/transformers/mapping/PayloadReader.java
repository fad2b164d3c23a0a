package org.megaetl.transformers.mapping;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.dataformat.avro.AvroMapper;
import tools.jackson.dataformat.avro.AvroSchema;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Reads the records of a payload. Numbers are exact.
 */
interface PayloadReader {

	/**
	 * Reads the records.
	 * @param payload the payload
	 * @return the records, in order
	 * @throws JacksonException if the payload is not of the format
	 * @throws IllegalArgumentException if the payload is not of the format
	 */
	List<JsonNode> read(byte[] payload);

	/**
	 * Refuses a record with a field that is not known.
	 * @param payload the payload
	 * @param record a record that was read from it
	 * @param fields the fields that are known
	 * @throws IllegalArgumentException if it has one
	 */
	default void check(byte[] payload, JsonNode record, KnownFields fields) {
		fields.check(record);
	}

	/**
	 * Creates a reader.
	 * @param format what the payload is
	 * @param csv how CSV is written
	 * @param schema the schema's text, or {@code null} for a format without one
	 * @return the reader
	 * @throws RuntimeException if the schema is not valid
	 * @throws IOException if the schema is not valid
	 */
	static PayloadReader of(PayloadFormat format, CsvOptions csv, @Nullable String schema) throws IOException {
		return switch (format) {
			case JSON -> one(json().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS), UnaryOperator.identity());
			case NDJSON -> ndjson(json());
			case CSV -> csv(csv);
			case AVRO -> avro(String.valueOf(schema));
			case PROTOBUF -> ProtobufReader.of(String.valueOf(schema));
		};
	}

	private static PayloadReader one(ObjectReader reader, UnaryOperator<JsonNode> conversion) {
		return (payload) -> {
			JsonNode value = conversion.apply(reader.readValue(payload));
			return (value instanceof ArrayNode array) ? new ArrayList<>(array.values()) : List.of(value);
		};
	}

	private static ObjectReader json() {
		return JsonMapper.builder()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
			.build()
			.readerFor(JsonNode.class);
	}

	private static PayloadReader ndjson(ObjectReader reader) {
		return (payload) -> {
			// readValues(payload) would take an array in the first line for all there is
			try (JsonParser parser = reader.createParser(payload)) {
				return all(reader.readValues(parser));
			}
		};
	}

	private static List<JsonNode> all(MappingIterator<JsonNode> values) {
		List<JsonNode> records = new ArrayList<>();
		values.forEachRemaining(records::add);
		return records;
	}

	private static PayloadReader csv(CsvOptions options) {
		CsvSchema.Builder schema = CsvSchema.builder().setColumnSeparator(options.separator());
		if (options.columns().isEmpty()) {
			schema.setUseHeader(true);
		}
		options.columns().forEach(schema::addColumn);
		ObjectReader reader = CsvMapper.builder()
			.enable(CsvReadFeature.EMPTY_UNQUOTED_STRING_AS_NULL)
			.enable(CsvReadFeature.SKIP_EMPTY_LINES)
			// or the last of several columns of one name would win
			.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
			.build()
			.readerFor(JsonNode.class)
			.with(schema.build());
		return (payload) -> {
			try (MappingIterator<JsonNode> values = reader.readValues(payload)) {
				return all(values);
			}
		};
	}

	private static PayloadReader avro(String schema) throws IOException {
		AvroMapper mapper = new AvroMapper();
		AvroSchema parsed = mapper.schemaFrom(schema);
		return one(mapper.readerFor(JsonNode.class).with(parsed),
				new AvroLogicalTypes(parsed.getAvroSchema())::convert);
	}

}
