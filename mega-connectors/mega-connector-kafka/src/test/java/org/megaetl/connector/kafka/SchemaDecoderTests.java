package org.megaetl.connector.kafka;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.sun.net.httpserver.HttpServer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.connector.kafka.KafkaTopics.SourceException;
import org.megaetl.event.Event;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Payloads in the wire format, with a registry that has the interface of Confluent's.
 */
class SchemaDecoderTests {

	private final Map<String, Object> answers = new ConcurrentHashMap<>();

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());

	private HttpServer server;

	private SchemaDecoder decoder;

	SchemaDecoderTests() throws Exception {
		this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		this.decoder = new SchemaDecoder(registry(100));
	}

	private SchemaRegistry registry(int maxMissing) {
		return new SchemaRegistry(URI.create("http://user:secret@127.0.0.1:" + this.server.getAddress().getPort()),
				((InstantSource) this.now::get).withZone(ZoneOffset.UTC), maxMissing);
	}

	@BeforeEach
	void start() {
		this.server.createContext("/", (exchange) -> {
			this.requests.incrementAndGet();
			boolean allowed = "Basic dXNlcjpzZWNyZXQ=".equals(exchange.getRequestHeaders().getFirst("Authorization"));
			Object answer = this.answers.get(exchange.getRequestURI().toString());
			byte[] body = JsonMapper.shared().writeValueAsBytes((answer != null) ? answer : Map.of());
			exchange.sendResponseHeaders(!allowed ? 401 : (answer != null) ? 200 : 404, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	@AfterEach
	void stop() {
		this.server.stop(0);
	}

	@Test
	void decodesAvroWithReferencesUnionsAndDecimals() throws Exception {
		String address = "{\"type\":\"record\",\"name\":\"Address\",\"fields\":[{\"name\":\"street\",\"type\":\"string\"}]}";
		String order = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"},"
				+ "{\"name\":\"amount\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}},"
				+ "{\"name\":\"note\",\"type\":[\"null\",\"string\"]},{\"name\":\"to\",\"type\":\"Address\"},"
				+ "{\"name\":\"tags\",\"type\":{\"type\":\"array\",\"items\":\"string\"}}]}";
		this.answers.put("/schemas/ids/7", Map.of("schema", order, "references",
				List.of(Map.of("name", "Address", "subject", "shop address", "version", 3))));
		this.answers.put("/subjects/shop%20address/versions/3", Map.of("schema", address));
		Schema.Parser parser = new Schema.Parser();
		Schema addressSchema = parser.parse(address);
		Schema schema = parser.parse(order);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
		new GenericDatumWriter<>(schema).write(new GenericRecordBuilder(schema).set("id", 5L)
			.set("amount", ByteBuffer.wrap(new byte[] { 0x15, (byte) 0xE0 }))
			.set("note", "fragile")
			.set("to", new GenericRecordBuilder(addressSchema).set("street", "Mataderos").build())
			.set("tags", List.of("a", "b"))
			.build(), encoder);
		encoder.flush();
		Event event = framed(7, bytes.toByteArray());
		this.decoder.check(List.of(event, event));
		assertThat(this.decoder.decode(event).text()).isEqualTo(
				"{\"id\":5,\"amount\":56.00,\"note\":\"fragile\",\"to\":{\"street\":\"Mataderos\"},\"tags\":[\"a\",\"b\"]}");
		assertThat(this.requests).hasValue(2);
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> this.decoder.decode(framed(7, new byte[] { 1, 2 })));
	}

	/**
	 * As a mapping of the format avro does, so that one schema has one meaning.
	 */
	@Test
	void decodesDatesAndTimesOfAvroAsTexts() throws Exception {
		String order = "{\"type\":\"record\",\"name\":\"Order\",\"fields\":["
				+ "{\"name\":\"day\",\"type\":{\"type\":\"int\",\"logicalType\":\"date\"}},"
				+ "{\"name\":\"time\",\"type\":[\"null\",{\"type\":\"long\",\"logicalType\":\"time-micros\"}]},"
				+ "{\"name\":\"at\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}},"
				+ "{\"name\":\"days\",\"type\":{\"type\":\"int\",\"connect.name\":\"io.debezium.time.Date\"}}]}";
		this.answers.put("/schemas/ids/12", Map.of("schema", order));
		Schema schema = new Schema.Parser().parse(order);
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
		new GenericDatumWriter<>(schema).write(new GenericRecordBuilder(schema).set("day", 17424)
			.set("time", 36930000001L)
			.set("at", 1767225600123L)
			.set("days", 17424)
			.build(), encoder);
		encoder.flush();
		assertThat(this.decoder.decode(framed(12, bytes.toByteArray())).text())
			.isEqualTo("{\"day\":\"2017-09-15\",\"time\":\"10:15:30.000001\","
					+ "\"at\":\"2026-01-01T00:00:00.123Z\",\"days\":17424}");
	}

	@Test
	void decodesTheMessageOfAProtobufFileThatTheIndexesName() throws Exception {
		FileDescriptorProto file = FileDescriptorProto.newBuilder()
			.setName("order.proto")
			.setSyntax("proto3")
			.addMessageType(DescriptorProto.newBuilder().setName("Other"))
			.addMessageType(DescriptorProto.newBuilder()
				.setName("Order")
				.addField(FieldDescriptorProto.newBuilder()
					.setName("order_id")
					.setNumber(1)
					.setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
					.setType(FieldDescriptorProto.Type.TYPE_INT32))
				.addField(FieldDescriptorProto.newBuilder()
					.setName("note")
					.setNumber(2)
					.setLabel(FieldDescriptorProto.Label.LABEL_OPTIONAL)
					.setType(FieldDescriptorProto.Type.TYPE_STRING)))
			.build();
		this.answers.put("/schemas/ids/8", Map.of("schemaType", "PROTOBUF", "schema", "syntax = ..."));
		this.answers.put("/schemas/ids/8?format=serialized",
				Map.of("schemaType", "PROTOBUF", "schema", Base64.getEncoder().encodeToString(file.toByteArray())));
		Descriptor order = FileDescriptor.buildFrom(file, new FileDescriptor[0]).findMessageTypeByName("Order");
		byte[] message = DynamicMessage.newBuilder(order)
			.setField(order.findFieldByName("order_id"), 5)
			.build()
			.toByteArray();
		byte[] indexed = ByteBuffer.allocate(message.length + 2).put((byte) 2).put((byte) 2).put(message).array();
		assertThat(this.decoder.decode(framed(8, indexed)).text()).isEqualTo("{\"order_id\":5,\"note\":\"\"}");
	}

	@Test
	void leavesJsonAsItIs() throws Exception {
		this.answers.put("/schemas/ids/9", Map.of("schemaType", "JSON", "schema", "{}"));
		assertThat(this.decoder.decode(framed(9, "{\"a\":1}".getBytes(StandardCharsets.UTF_8))).text())
			.isEqualTo("{\"a\":1}");
	}

	@Test
	void refusesWhatHasNoSchema() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.decoder.decode(framed(4711, new byte[1])))
			.withMessageContaining("no schema with the id 4711")
			.withMessageNotContaining("secret");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.decoder.decode(Event.from("kafka.orders", new byte[] { 1, 2, 3 }).build()))
			.withMessageContaining("does not begin with a zero");
	}

	@Test
	void asksAgainAfterAMinuteForWhatIsMissing() throws Exception {
		this.answers.put("/schemas/ids/11", Map.of("schema", "\"Name\"", "references",
				List.of(Map.of("name", "Name", "subject", "s", "version", 1))));
		Event ten = framed(10, new byte[] { 2, 'a' });
		Event eleven = framed(11, new byte[] { 2, 'a' });
		assertThatIllegalArgumentException().isThrownBy(() -> this.decoder.decode(ten));
		assertThatIllegalArgumentException().isThrownBy(() -> this.decoder.decode(eleven));
		this.answers.put("/schemas/ids/10", Map.of("schema", "\"string\""));
		this.answers.put("/subjects/s/versions/1",
				Map.of("schema", "{\"type\":\"fixed\",\"name\":\"Name\",\"size\":2}"));
		int requests = this.requests.get();
		assertThatIllegalArgumentException().isThrownBy(() -> this.decoder.decode(ten))
			.withMessageContaining("no schema with the id 10");
		assertThatIllegalArgumentException().isThrownBy(() -> this.decoder.decode(eleven))
			.withMessageContaining("Schema 11 cannot be used: the registry does not have what it refers to");
		assertThat(this.requests).hasValue(requests);
		this.now.updateAndGet((now) -> now.plusSeconds(61));
		assertThat(this.decoder.decode(ten).text()).isEqualTo("\"a\"");
		assertThat(this.decoder.decode(eleven).text()).isNotEmpty();
		int all = this.requests.get();
		this.now.updateAndGet((now) -> now.plusSeconds(61));
		this.decoder.decode(ten);
		assertThat(this.requests).hasValue(all);
	}

	@Test
	void doesNotKeepEachIdThatWasEverMissing() throws Exception {
		SchemaRegistry registry = registry(3);
		for (int id = 0; id <= 3; id++) {
			registry.schema(id);
		}
		registry.schema(3);
		registry.schema(1);
		assertThat(this.requests).hasValue(4);
		registry.schema(0);
		assertThat(this.requests).hasValue(5);
	}

	@Test
	void saysThatTheRegistryIsAway() {
		this.server.stop(0);
		assertThatExceptionOfType(SourceException.class)
			.isThrownBy(() -> this.decoder.check(List.of(framed(7, new byte[1]))))
			.withMessageContaining("does not answer")
			.withMessageNotContaining("secret");
	}

	private static Event framed(int id, byte[] data) {
		return Event
			.from("kafka.orders", ByteBuffer.allocate(5 + data.length).put((byte) 0).putInt(id).put(data).array())
			.build();
	}

}
