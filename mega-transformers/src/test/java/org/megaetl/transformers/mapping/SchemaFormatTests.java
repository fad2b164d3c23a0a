package org.megaetl.transformers.mapping;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.Configured;
import tools.jackson.dataformat.avro.AvroMapper;

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
		assertThat(rows("protobuf", PROTOBUF, bytes("08 07 12 04 4f 73 6c 6f"))).isEqualTo(expected());
		assertThatThrownBy(() -> rows("protobuf", PROTOBUF, bytes("08 07")))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessage("The payload is not a message 'Order': Message missing required fields: city");
		assertThatThrownBy(() -> rows("protobuf", PROTOBUF, bytes("08 07 12 01 ff")))
			.hasMessageContaining("invalid UTF-8");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			int32    | 08 ff ff ff ff ff ff ff ff ff 01 | -1
			int64    | 08 ff ff ff ff ff ff ff ff ff 01 | -1
			uint32   | 08 80 bc c1 96 0b                | 3000000000
			uint64   | 08 ff ff ff ff ff ff ff ff ff 01 | 18446744073709551615
			sint32   | 08 01                            | -1
			fixed32  | 0d ff ff ff ff                   | 4294967295
			fixed64  | 09 ff ff ff ff ff ff ff ff       | 18446744073709551615
			sfixed32 | 0d ff ff ff ff                   | -1
			float    | 0d cd cc cc 3d                   | 0.1
			double   | 09 9a 99 99 99 99 99 b9 3f       | 0.1
			bool     | 08 01                            | true
			string   | 0a 02 c3 bc                      | "ü"
			bytes    | 0a 02 01 02                      | "AQI="
			State    | 08 01                            | "PAID"
			State    | 08 07                            | 7
			""")
	void readsValuesOfProtobufAsTheirTypesSay(String type, String payload, String value) throws Exception {
		String definition = "syntax = \"proto3\"; message M { %s v = 1; } enum State { NEW = 0; PAID = 1; }";
		assertThat(protobuf(definition.formatted(type), payload)).isEqualTo("{\"v\":" + value + "}");
	}

	@Test
	void readsWhatAMessageOfProtobufLeavesOut() throws Exception {
		String fields = """
				message M { %s int32 n = 1; %s string t = 2; %s State s = 3; repeated int32 many = 4;
				oneof one { int32 a = 5; string b = 6; } } enum State { NEW = 0; }""";
		assertThat(protobuf("syntax = 'proto3';" + fields.formatted("", "", ""), ""))
			.isEqualTo("{\"n\":0,\"t\":\"\",\"s\":\"NEW\",\"many\":[]}");
		String optional = fields.formatted("optional", "optional", "optional");
		for (String syntax : List.of("syntax = 'proto3';", "syntax = 'proto2';", "")) {
			assertThat(protobuf(syntax + optional, "")).isEqualTo("{\"many\":[]}");
			assertThat(protobuf(syntax + optional, "08 00 28 00")).isEqualTo("{\"n\":0,\"many\":[],\"a\":0}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "syntax = 'proto2';", "syntax = 'proto2'; import 'google/protobuf/timestamp.proto';",
			"syntax = 'proto3';" })
	void keepsANumberThatAnEnumOfProtobufDoesNotKnow(String syntax) throws Exception {
		String definition = syntax + """
				message M {
				  optional State one = 1;
				  repeated State many = 2;
				  map<string, State> state_of = 3;
				  oneof choice { State chosen = 4; }
				}
				enum State { NEW = 0; PAID = 1; }""";
		assertThat(protobuf(definition, "08 07 10 01 12 02 07 00 1a 05 0a 01 61 10 07 20 07"))
			.isEqualTo("{\"one\":7,\"many\":[\"PAID\",7,\"NEW\"],\"state_of\":{\"a\":7},\"chosen\":7}");
	}

	@Test
	void failsOnWhatAMessageOfProtobufHasAndNotOnDefaults() throws Exception {
		Transformer transformer = mapping("""
				syntax = "proto3";
				message M {
				  int32 id = 1;
				  repeated string tags = 2;
				  map<string, Line> line_of = 4;
				  optional int32 count = 5;
				  Line line = 6;
				  message Line { int32 n = 1; int32 more = 2; }
				}""", "columns: { id: /id, n: /line/n, line: /line_of }\non-unknown: fail");
		for (String known : List.of("08 07", "", "08 07 32 02 08 01", "22 07 0a 01 61 12 02 08 05")) {
			assertThat(transformer.transform(event(known))).as(known).hasSize(1);
		}
		for (String unknown : List.of("12 01 61", "28 00", "32 02 10 01")) {
			assertThatThrownBy(() -> transformer.transform(event(unknown))).as(unknown)
				.hasMessageMatching("The field /(tags|count|line/more) is not known, and 'on-unknown' is 'fail'.*");
		}
		assertThatThrownBy(() -> transformer.transform(event("08 07 18 01")))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessage("The schema has no field 3 in 'M', or one of another type, and 'on-unknown' is 'fail'");
		for (String nested : List.of("32 02 48 01", "22 07 0a 01 61 12 02 48 05")) {
			assertThatThrownBy(() -> transformer.transform(event(nested))).as(nested)
				.hasMessageStartingWith("The schema has no field 9 in 'Line'");
		}
		assertThatThrownBy(() -> transformer.transform(event("0a 01 61")))
			.hasMessageStartingWith("The schema has no field 1 in 'M', or one of another type");
	}

	@Test
	void refusesATombstoneButNoMessageOfDefaults() throws Exception {
		Transformer transformer = mapping("syntax = 'proto3'; message M { int32 id = 1; }", "columns: { id: /id }");
		assertThat(transformer.transform(event("")).toString()).isEqualTo("[INSERT orders [id] [0]]");
		Event tombstone = Event.from("kafka.orders", new byte[0])
			.headers(EventHeaders.of("kafka-tombstone", "true"))
			.build();
		assertThatThrownBy(() -> transformer.transform(tombstone)).isInstanceOf(IllegalArgumentException.class)
			.hasMessageStartingWith("A tombstone has no payload to map: ");
	}

	private Transformer mapping(String definition, String yaml) throws Exception {
		Path file = Files.writeString(this.directory.resolve("definition"), definition);
		return Configured.transformer(
				"type: mapping\ntable: orders\nformat: protobuf\nschema: \"file:%s\"\n%s".formatted(file, yaml));
	}

	private static Event event(String payload) {
		return Event.from("test.orders", bytes(payload)).build();
	}

	@Test
	void readsRepeatedFieldsOfProtobufAndMaps() throws Exception {
		String definition = """
				syntax = "proto3";
				message M {
				  repeated int32 many = 1;
				  map<string, Line> line_of = 2;
				  map<uint64, int32> counts = 3;
				  message Line { int32 n = 1; }
				}""";
		String packed = "0a 03 01 02 03";
		String single = "08 01 08 02 08 03";
		String maps = "12 07 0a 01 61 12 02 08 05 1a 0d 08 ff ff ff ff ff ff ff ff ff 01 10 02";
		String expected = "{\"many\":[1,2,3],\"line_of\":{\"a\":{\"n\":5}},\"counts\":{\"18446744073709551615\":2}}";
		assertThat(protobuf(definition, packed + maps)).isEqualTo(expected);
		assertThat(protobuf(definition, single + maps)).isEqualTo(expected);
	}

	@Test
	void understandsDefinitionsOfProtobufAsTheyAreWritten() throws Exception {
		assertThat(protobuf("""
				// Orders; see "orders.md"
				syntax = "proto3";
				package shop.v1;
				import "google/protobuf/timestamp.proto";
				import public 'google/protobuf/wrappers.proto';
				option java_package = "shop; message No {";
				option (custom.file) = { a: 1 b: [2, 3] };
				/* The first message
				 * is read { */
				message Order {
				  reserved 2, 15, 9 to 11;
				  reserved "foo", "bar";
				  option deprecated = true;
				  enum State {
				    option allow_alias = true;
				    reserved -5 to -2;
				    STATE_UNSPECIFIED = 0;
				    STATE_PAID = 0x1 [deprecated = true, (custom.value) = "];"];
				    STATE_DONE = 1;
				    STATE_LOST = -1;
				  };
				  State state = 1 [json_name = "zustand"];
				  google.protobuf.Timestamp at = 3;
				  .shop.v1.Money price = 4;
				  google.protobuf.StringValue note = 5;
				}
				message Money { int64 units = 1; Order.State state = 2; }
				service Orders {
				  rpc Get(Money) returns (stream Order) { option (google.api.http) = { get: "/v1/{name}" }; }
				  rpc Put(stream Order) returns (Money);
				}
				""", "08 ff ff ff ff ff ff ff ff ff 01 1a 04 08 01 10 05 22 04 08 07 10 01 2a 03 0a 01 78"))
			.isEqualTo("{\"state\":\"STATE_LOST\",\"at\":\"1970-01-01T00:00:01.000000005Z\","
					+ "\"price\":{\"units\":7,\"state\":\"STATE_PAID\"},\"note\":\"x\"}");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					message {                                       | '{' in line 2 is not understood
					message M { required int32 a = 1; }             | 'required' in line 2 is not understood
					message M { int32 a = 1 }                       | '}' in line 2 is not understood
					message M { int32 a = one; }                    | 'one' in line 2 is not understood
					message M { repeated group G = 1 { } }          | 'group' in line 2 is not understood
					message M { int32 a = 1;                        | it ends too early
					message M { Nothing a = 1; }                    | "Nothing" is not defined
					message M { int32 a = 1; int32 b = 1; }         | Field number 1 has already been used
					import "other.proto";                           | it imports 'other.proto', and only these can be imported: google/protobuf/timestamp.proto, google/protobuf/wrappers.proto
					edition = "2023";                               | 'edition' in line 2 is not understood
					/* message M { }                                | line 2 is not understood
					enum E { A = 0; }                               | it defines no message
					""")
	void refusesADefinitionOfProtobufThatIsNotUnderstood(String definition, String message) {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> rows("protobuf", "syntax = \"proto3\";\n" + definition, new byte[0]))
			.withMessageContaining("The schema of 'mega.transformers.test.schema' is not valid: ")
			.withMessageContaining(message);
	}

	private static String protobuf(String definition, String payload) throws Exception {
		return PayloadReader.of(PayloadFormat.PROTOBUF, CsvOptions.DEFAULT, definition)
			.read(bytes(payload))
			.get(0)
			.toString();
	}

	private static byte[] bytes(String hex) {
		return HexFormat.of().parseHex(hex.replace(" ", ""));
	}

	@Test
	void refusesASchemaThatIsNotValid() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> rows("avro", "{\"type\":\"recrd\"}", new byte[0]))
			.withMessageContaining("The schema of 'mega.transformers.test.schema' is not valid: ");
	}

	@Test
	void refusesASchemaThatIsNotUtf8() throws Exception {
		Path file = Files.writeString(this.directory.resolve("latin1"), "message M { } // Gr\u00fc\u00dfe",
				StandardCharsets.ISO_8859_1);
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> Configured.transformer("""
				type: mapping
				table: orders
				format: protobuf
				schema: "file:%s"
				columns: { id: /id }
				""".formatted(file)))
			.withMessageContaining("'mega.transformers.test.schema' is ")
			.withMessageContaining(", which is not UTF-8. Save the file as UTF-8.");
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
