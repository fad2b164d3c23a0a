package org.megaetl.transformers.mapping;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
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
import tools.jackson.dataformat.protobuf.ProtobufMapper;

/**
 * Reads the records of a payload. Numbers are exact.
 */
final class PayloadReader {

	private final ObjectReader reader;

	private final boolean sequence;

	private final UnaryOperator<JsonNode> conversion;

	private PayloadReader(ObjectReader reader, boolean sequence) {
		this(reader, sequence, UnaryOperator.identity());
	}

	private PayloadReader(ObjectReader reader, boolean sequence, UnaryOperator<JsonNode> conversion) {
		this.reader = reader;
		this.sequence = sequence;
		this.conversion = conversion;
	}

	/**
	 * Creates a reader.
	 * @param format what the payload is
	 * @param csv how CSV is written
	 * @param schema the schema's text, or {@code null} for a format without one
	 * @throws JacksonException if the schema is not valid
	 * @throws IOException if the schema is not valid
	 */
	static PayloadReader of(PayloadFormat format, CsvOptions csv, @Nullable String schema) throws IOException {
		return switch (format) {
			case JSON -> new PayloadReader(json().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS), false);
			case NDJSON -> new PayloadReader(json(), true);
			case CSV -> new PayloadReader(csv(csv), true);
			case AVRO -> avro(String.valueOf(schema));
			case PROTOBUF -> new PayloadReader(protobuf(String.valueOf(schema)), false);
		};
	}

	private static ObjectReader json() {
		return JsonMapper.builder()
			.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
			.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
			.build()
			.readerFor(JsonNode.class);
	}

	private static ObjectReader csv(CsvOptions options) {
		CsvSchema.Builder schema = CsvSchema.builder().setColumnSeparator(options.separator());
		if (options.columns().isEmpty()) {
			schema.setUseHeader(true);
		}
		options.columns().forEach(schema::addColumn);
		return CsvMapper.builder()
			.enable(CsvReadFeature.EMPTY_UNQUOTED_STRING_AS_NULL)
			.enable(CsvReadFeature.SKIP_EMPTY_LINES)
			// or the last of several columns of one name would win
			.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
			.build()
			.readerFor(JsonNode.class)
			.with(schema.build());
	}

	private static PayloadReader avro(String schema) throws IOException {
		AvroMapper mapper = new AvroMapper();
		AvroSchema parsed = mapper.schemaFrom(schema);
		return new PayloadReader(mapper.readerFor(JsonNode.class).with(parsed), false,
				new AvroLogicalTypes(parsed.getAvroSchema())::convert);
	}

	private static ObjectReader protobuf(String schema) throws IOException {
		ProtobufMapper mapper = new ProtobufMapper();
		return mapper.readerFor(JsonNode.class).with(mapper.schemaLoader().parse(schema));
	}

	/**
	 * Reads the records.
	 * @param payload the payload
	 * @return the records, in order
	 * @throws JacksonException if the payload is not of the format
	 */
	List<JsonNode> read(byte[] payload) {
		if (this.sequence) {
			try (MappingIterator<JsonNode> values = this.reader.readValues(payload)) {
				List<JsonNode> records = new ArrayList<>();
				values.forEachRemaining(records::add);
				return records;
			}
		}
		JsonNode value = this.conversion.apply(this.reader.readValue(payload));
		if (value instanceof ArrayNode array) {
			return new ArrayList<>(array.values());
		}
		return List.of(value);
	}

}
