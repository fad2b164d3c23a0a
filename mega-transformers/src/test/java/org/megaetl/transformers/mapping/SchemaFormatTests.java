package org.megaetl.transformers.mapping;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
