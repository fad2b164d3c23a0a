package org.megaetl.transformers.mapping;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transformers.Configured;
import tools.jackson.dataformat.avro.AvroMapper;
import tools.jackson.dataformat.protobuf.ProtobufMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Payloads that cannot be read without their schema.
 */
class SchemaFormatTests {

	private static final String AVRO = """
			{"type":"record","name":"Order","fields":[{"name":"order_id","type":"long"},{"name":"city","type":"string"},
			{"name":"note","type":["null","string"],"default":null}]}""";

	private static final String PROTOBUF = """
			syntax = "proto2";
			message Order { required int64 order_id = 1; required string city = 2; }""";

	private static final Map<String, Object> ORDER = Map.of("order_id", 7L, "city", "Oslo");

	@TempDir
	private Path directory;

	@Test
	void readsAvro() throws Exception {
		AvroMapper mapper = new AvroMapper();
		byte[] payload = mapper.writer(mapper.schemaFrom(AVRO)).writeValueAsBytes(ORDER);
		assertThat(rows("avro", AVRO, payload)).isEqualTo(expected());
	}

	@Test
	void understandsUnionsOfSeveralTypesOfAvro() throws Exception {
		String date = "{\"type\":\"int\",\"logicalType\":\"date\"}";
		assertThat(union("[\"null\",\"string\",\"long\"]", "x")).contains("\"v\":\"x\"");
		assertThat(union("[\"null\",\"string\",\"long\"]", 7L)).contains("\"v\":7");
		assertThat(union("[\"null\",\"string\"," + date + "]", 20454)).contains("\"v\":\"2026-01-01\"");
		assertThat(union("[\"null\",\"string\"," + date + "]", "x")).contains("\"v\":\"x\"");
		assertThat(union("[\"float\",\"string\"]", 0.1f)).contains("\"v\":0.1}");
	}

	@Test
	void refusesAnAvroUnionWhoseTypeCannotBeTold() {
		String bytes = "{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":4,\"scale\":2}";
		String fixed = "{\"type\":\"fixed\",\"name\":\"F\",\"size\":3}";
		assertThatThrownBy(() -> union("[" + bytes + "," + fixed + "]", ByteBuffer.wrap(new byte[] { 1 })))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("The field 'v' has a value of which cannot be told which type of its union");
	}

	private static String union(String type, Object value) throws Exception {
		String schema = "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"v\",\"type\":" + type + "}]}";
		Schema parsed = new Schema.Parser().parse(schema);
		GenericRecord record = new GenericData.Record(parsed);
		record.put("v", value);
		ByteArrayOutputStream payload = new ByteArrayOutputStream();
		BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(payload, null);
		new GenericDatumWriter<GenericRecord>(parsed).write(record, encoder);
		encoder.flush();
		return PayloadReader.of(PayloadFormat.AVRO, new CsvOptions(',', List.of()), schema)
			.read(payload.toByteArray())
			.get(0)
			.toString();
	}

	@Test
	void understandsLogicalTypesOfAvro() throws Exception {
		String schema = """
				{"type":"record","name":"Order","fields":[
				{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":2}},
				{"name":"fee","type":["null",{"type":"fixed","name":"Fee","size":3,"logicalType":"decimal","precision":5,"scale":1}]},
				{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
				{"name":"seen","type":["null",{"type":"long","logicalType":"timestamp-micros"}]},
				{"name":"wall","type":{"type":"long","logicalType":"local-timestamp-micros"}},
				{"name":"day","type":{"type":"int","logicalType":"date"}},
				{"name":"time","type":{"type":"int","logicalType":"time-millis"}},
				{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
				{"name":"due","type":{"type":"int","logicalType":"date"}}]}}},
				{"name":"rate","type":"float"}]}""";
		Schema parsed = new Schema.Parser().parse(schema);
		GenericRecord order = new GenericData.Record(parsed);
		order.put("amount", ByteBuffer.wrap(BigInteger.valueOf(-5610).toByteArray()));
		order.put("fee",
				new GenericData.Fixed(parsed.getField("fee").schema().getTypes().get(1), new byte[] { 0, 0, 15 }));
		order.put("at", 1767225600123L);
		order.put("seen", 1767225600123456L);
		order.put("wall", 1767225600000000L);
		order.put("day", 20454);
		order.put("time", 43_201_500);
		GenericRecord line = new GenericData.Record(parsed.getField("lines").schema().getElementType());
		line.put("due", 20455);
		order.put("lines", List.of(line));
		order.put("rate", 0.1f);
		ByteArrayOutputStream payload = new ByteArrayOutputStream();
		BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(payload, null);
		new GenericDatumWriter<GenericRecord>(parsed).write(order, encoder);
		encoder.flush();
		Path file = Files.writeString(this.directory.resolve("logical"), schema);
		List<Row> rows = Configured.transformer("""
				type: mapping
				format: avro
				schema: "file:%s"
				rows:
				  a: { columns: { v: /amount } }
				  b: { columns: { v: /fee } }
				  c: { columns: { v: /at } }
				  d: { columns: { v: /seen } }
				  e: { columns: { v: /wall } }
				  f: { columns: { v: /day } }
				  g: { columns: { v: /time } }
				  h: { columns: { v: /due }, for-each: /lines }
				  i: { columns: { v: /rate } }
				""".formatted(file))
			.transform(Event.from("test.orders", payload.toByteArray()).build())
			.stream()
			.map(Row.class::cast)
			.toList();
		assertThat(rows).extracting((row) -> String.valueOf(row.values().get(0)))
			.containsExactly("-56.10", "1.5", "2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.123456Z",
					"2026-01-01T00:00", "2026-01-01", "12:00:01.500", "2026-01-02", "0.1");
	}

	@Test
	void readsProtobuf() throws Exception {
		ProtobufMapper mapper = new ProtobufMapper();
		byte[] payload = mapper.writer(mapper.schemaLoader().parse(PROTOBUF)).writeValueAsBytes(ORDER);
		assertThat(rows("protobuf", PROTOBUF, payload)).isEqualTo(expected());
	}

	@Test
	void refusesASchemaThatIsNotValid() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> rows("avro", "{\"type\":\"recrd\"}", new byte[0]))
			.withMessageContaining("The schema of 'mega.transformers.test.schema' is not valid: ");
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> rows("protobuf", "message {", new byte[0]))
			.withMessageContaining("The schema of 'mega.transformers.test.schema' is not valid: ");
	}

	private static List<Row> expected() {
		return List.of(Row.insert("orders").set("order_id", 7L).set("city", "Oslo"));
	}

	private List<?> rows(String format, String schema, byte[] payload) throws Exception {
		Path file = Files.writeString(this.directory.resolve("schema"), schema);
		return Configured.transformer("""
				type: mapping
				table: orders
				format: %s
				schema: "file:%s"
				columns: { order_id: /order_id, city: /city }
				""".formatted(format, file)).transform(Event.from("test.orders", payload).build());
	}

}
