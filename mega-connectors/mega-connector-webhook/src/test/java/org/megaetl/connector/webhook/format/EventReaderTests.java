package org.megaetl.connector.webhook.format;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.http.HttpMessageFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.webhook.format.UnreadableBodyException.Kind;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventReader}.
 */
class EventReaderTests {

	private static final String STRUCTURED = "application/cloudevents+json; charset=utf-8";

	private static final String BATCHED = "application/cloudevents-batch+json";

	@Test
	void takesABodyAsItIs() throws Exception {
		for (String type : new String[] { null, "", "application/json", "text/plain", "application/xml; x=y" }) {
			PostedEvents posted = reader(BodyFormat.AUTO).read(type, EventHeaders.NONE, bytes("[{\"a\" : 1},\n2]"));
			assertThat(posted.several()).isFalse();
			assertThat(texts(posted)).containsExactly("[{\"a\" : 1},\n2]");
		}
		assertThat(texts(reader(BodyFormat.EVENT).read("application/x-ndjson", EventHeaders.of("ce-specversion", "1.0"),
				bytes("{}\n{}"))))
			.containsExactly("{}\n{}");
	}

	@Test
	void takesAnArrayApartWithoutTouchingItsBytes() throws Exception {
		String first = "{ \"a\" : [ { \"b\":\"]}\\\"\" } ], \"n\":1.0e+2 , \"n\":null}";
		String second = "{\"ü\":\"\uD83D\uDE00\"}";
		PostedEvents posted = reader(BodyFormat.JSON_ARRAY).read(null, EventHeaders.NONE,
				bytes(" \n[" + first + " ,\t" + second + ",{}]\r\n"));
		assertThat(posted.several()).isTrue();
		assertThat(texts(posted)).containsExactly(first, second, "{}");
		assertThat(texts(reader(BodyFormat.JSON_ARRAY).read(null, EventHeaders.NONE, bytes("\uFEFF[" + second + "]"))))
			.containsExactly(second);
		assertThat(texts(reader(BodyFormat.JSON_ARRAY).read(null, EventHeaders.NONE, bytes("\t" + first))))
			.containsExactly(first);
		assertThat(texts(reader(BodyFormat.JSON_ARRAY).read(null, EventHeaders.NONE, bytes("[]")))).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "[", "[{}", "[{},]", "[{}]]", "[{}] 1", "[1]", "[[]]", "[null]", "1", "null",
			"\"a\"", "{", "{}{}", "[{\"a\":}]", "[{'a':1}]", "[{}{}]", "\u0000[\u0000{\u0000}\u0000]" })
	void refusesWhatIsNoArray(String body) {
		assertUnreadable(Kind.MALFORMED, reader(BodyFormat.JSON_ARRAY), null, body);
	}

	@Test
	void takesEachLine() throws Exception {
		for (String type : List.of("application/x-ndjson", "application/NDJSON; charset=utf-8", "application/jsonl")) {
			PostedEvents posted = reader(BodyFormat.AUTO).read(type, EventHeaders.NONE,
					bytes("{\"a\":1}\r\n\n{\"b\": 2}\n\r\nnot json"));
			assertThat(posted.several()).isTrue();
			assertThat(texts(posted)).containsExactly("{\"a\":1}", "{\"b\": 2}", "not json");
		}
		assertThat(texts(reader(BodyFormat.NDJSON).read(null, EventHeaders.NONE, bytes("")))).isEmpty();
		assertThat(texts(reader(BodyFormat.NDJSON).read(null, EventHeaders.NONE, bytes("\n\r\n")))).isEmpty();
		assertThat(texts(reader(BodyFormat.NDJSON).read(null, EventHeaders.NONE, bytes("a\rb\n"))))
			.containsExactly("a\rb");
	}

	@Test
	void refusesALineWithoutAnIdByItself() throws Exception {
		EventReader reader = new EventReader("w", BodyFormat.NDJSON, new EventIds(List.of("/id"), List.of(), false), 4);
		List<Event> events = reader.read(null, EventHeaders.of("X", "x"), bytes("{\"id\":1}\n{bad\n{\"id\":3}"))
			.events();
		assertThat(events).extracting(Event::id).containsExactly("1", null, "3");
		assertThat(events).extracting(Event::text).containsExactly("{\"id\":1}", "{bad", "{\"id\":3}");
		assertThat(events).filteredOn((event) -> event.refusal() == null).hasSize(2);
		assertThat(events.get(1).refusal()).contains("no valid JSON");
		assertThat(events.get(1).headers().first("X")).isEqualTo("x");
	}

	@Test
	void refusesWhatIsNoCloudEventOfABatchByItself() throws Exception {
		String first = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":1}";
		String second = "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"s\"}";
		EventHeaders transport = EventHeaders.of("X", "x", "Content-Type", BATCHED, "ce-id", "forged");
		List<Event> events = reader(BodyFormat.AUTO).read(BATCHED, transport, bytes("[" + first + "," + second + "]"))
			.events();
		assertThat(events).extracting(Event::id).containsExactly("s 1", null);
		assertThat(events).extracting(Event::text).containsExactly("1", second);
		assertThat(events.get(0).refusal()).isNull();
		assertThat(events.get(1).refusal()).contains("type");
		assertThat(events.get(1).headers().toMap()).isEqualTo(Map.of("X", List.of("x"), "Content-Type",
				List.of(CloudEventReader.STRUCTURED_MODE), Event.UNREADABLE, List.of("true")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "true", "5", "-1.50e+2", "\"a, \\\"b\\\" ü\"", "\"\"", "[1, {}]", "{}" })
	void refusesWhatIsNoObjectInABatchOfCloudEventsByItself(String element) throws Exception {
		String valid = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"data\":1}";
		for (String batch : List.of("[%s,%s]", "[ %s , %s ]")) {
			List<Event> events = reader(BodyFormat.AUTO)
				.read(BATCHED, EventHeaders.NONE, bytes(batch.formatted(valid, element)))
				.events();
			assertThat(events).extracting(Event::text).containsExactly("1", element);
			assertThat(events.get(0).refusal()).isNull();
			assertThat(events.get(1).refusal()).contains("The CloudEvent");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[", "[1", "[null", "[1,", "[1,]", "[1 2]", "[nul]", "[\"a]", "[1]]", "1",
			"\u0000[\u0000\u0031\u0000]" })
	void refusesWhatIsNoBatchOfCloudEvents(String body) {
		assertUnreadable(Kind.MALFORMED, reader(BodyFormat.AUTO), BATCHED, body);
	}

	@Test
	void limitsTheEventsOfARequest() throws Exception {
		assertThat(reader(BodyFormat.NDJSON).read(null, EventHeaders.NONE, bytes("{}\n".repeat(4))).events())
			.hasSize(4);
		assertUnreadable(Kind.TOO_LARGE, reader(BodyFormat.NDJSON), null, "{}\n".repeat(5));
		assertUnreadable(Kind.TOO_LARGE, reader(BodyFormat.JSON_ARRAY), null, "[{},{},{},{},{}]");
		assertUnreadable(Kind.TOO_LARGE, reader(BodyFormat.AUTO), BATCHED, "[{},{},{},{},{}]");
	}

	@Test
	void findsIds() throws Exception {
		EventHeaders headers = EventHeaders.of("Idempotency-Key", "k", "X-Topic", "t");
		assertThat(id(headers, "{}", "idempotency-key")).isEqualTo("k");
		assertThat(id(headers, "{}", "X-Topic", "Idempotency-Key")).isEqualTo("t k");
		assertThat(id(headers, "{}", "X-Other")).isNull();
		assertThat(id(headers, "{}", "X-Topic", "X-Other")).isNull();
		assertThat(id(headers, "{\"a\":{\"id\":\"x\"}}", "/a/id")).isEqualTo("x");
		assertThat(id(headers, "{\"a\":[1,12345678901234567890]}", "/a/1")).isEqualTo("12345678901234567890");
		assertThat(id(headers, "{\"a\":{\"id\":\"x\"},", "X-Topic", "/a/id")).isEqualTo("t x");
		for (String body : List.of("{}", "{\"a\":null}", "{\"a\":{}}", "{\"a\":[]}", "{\"a\":true}", "{\"a\":\"\"}",
				"[]", "1", "")) {
			assertThat(id(headers, body, "/a")).isNull();
		}
		assertThatExceptionOfType(UnreadableBodyException.class).isThrownBy(() -> id(headers, "{\"b\":", "/a"));
		assertThatIllegalArgumentException().isThrownBy(() -> new EventIds(List.of(" "), List.of(), false));
	}

	@Test
	void keepsIdsOfSeveralPartsApart() throws Exception {
		List<String> parts = List.of("a", "a b", "b c", "c", "a\\", "a\\ b", "\\ c", "a\\\\");
		Set<String> ids = new HashSet<>();
		for (String first : parts) {
			for (String second : parts) {
				EventHeaders headers = EventHeaders.of("First", first, "Second", second);
				assertThat(ids.add(id(headers, "{}", "First", "Second"))).as(first + "|" + second).isTrue();
			}
			assertThat(id(EventHeaders.of("First", first), "{}", "First")).isEqualTo(first);
		}
	}

	@Test
	void numbersTheEventsOfARequestThatHasAnId() throws Exception {
		EventHeaders headers = EventHeaders.of("Idempotency-Key", "k");
		assertThat(
				new EventReader("w", BodyFormat.NDJSON, new EventIds(List.of("Idempotency-Key"), List.of(), false), 4)
					.read(null, headers, bytes("{}\n{}"))
					.events())
			.extracting(Event::id)
			.containsExactly("k/0", "k/1");
		assertThat(new EventReader("w", BodyFormat.JSON_ARRAY, new EventIds(List.of("/id"), List.of(), false), 4)
			.read(null, headers, bytes("[{\"id\":1},{\"id\":\"b\"},{}]"))
			.events()).extracting(Event::id).containsExactly("1", "b", null);
	}

	@Test
	void takesCloudEventsInEveryModeAlike() throws Exception {
		CloudEvent event = CloudEventBuilder.v1()
			.withId("7")
			.withSource(URI.create("/shop"))
			.withType("order")
			.withSubject("s")
			.withTime(OffsetDateTime.parse("2026-01-01T00:00:00Z"))
			.withExtension("partitionkey", "p")
			.withExtension("attempt", 2)
			.withData("application/json", bytes("{\"a\": 1}"))
			.build();
		Map<String, String> headers = new HashMap<>(Map.of("X-Transport", "x"));
		byte[][] body = new byte[1][];
		HttpMessageFactory.createWriter(headers::put, (bytes) -> body[0] = bytes).writeBinary(event);
		assertOrder(reader(BodyFormat.AUTO).read("application/json", headers(headers), body[0]));

		String json = """
				{"specversion":"1.0","id":"7","source":"/shop","type":"order","subject":"s","attempt":2,
				"time":"2026-01-01T00:00:00Z","partitionkey":"p","dataschema":null,"datacontenttype":"application/json",
				"data":{"a": 1}}""";
		EventHeaders transport = EventHeaders.of("X-Transport", "x", "Content-Type", STRUCTURED, "ce-id", "forged");
		assertOrder(reader(BodyFormat.AUTO).read(STRUCTURED, transport, bytes(json)));
		assertOrder(reader(BodyFormat.CLOUDEVENTS).read(STRUCTURED, transport, bytes(json)));
		PostedEvents batch = reader(BodyFormat.AUTO).read(BATCHED, transport,
				bytes("[" + json + "," + json.replace("\"7\"", "\"8\"") + "]"));
		assertThat(batch.several()).isTrue();
		assertThat(batch.events()).extracting(Event::id).containsExactly("/shop 7", "/shop 8");
		assertOrder(new PostedEvents(batch.events().subList(0, 1), false));
		assertThat(reader(BodyFormat.AUTO).read(BATCHED, transport, bytes("[]")).events()).isEmpty();
	}

	private static void assertOrder(PostedEvents posted) {
		assertThat(posted.several()).isFalse();
		assertThat(posted.events()).singleElement().satisfies((event) -> {
			assertThat(event.text()).isEqualTo("{\"a\": 1}");
			assertThat(event.id()).isEqualTo("/shop 7");
			assertThat(event.key()).isEqualTo("p");
			assertThat(event.timestamp()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
			assertThat(event.headers().toMap()).containsEntry("ce-id", List.of("7"))
				.containsEntry("ce-source", List.of("/shop"))
				.containsEntry("ce-type", List.of("order"))
				.containsEntry("ce-subject", List.of("s"))
				.containsEntry("ce-specversion", List.of("1.0"))
				.containsEntry("ce-attempt", List.of("2"))
				.containsEntry("Content-Type", List.of("application/json"))
				.containsEntry("X-Transport", List.of("x"));
		});
	}

	@Test
	void takesEveryKindOfData() throws Exception {
		assertThat(data("\"data\":\"text\"")).isEqualTo("\"text\"");
		assertThat(data("\"data\":\"<a/>\",\"datacontenttype\":\"application/xml\"")).isEqualTo("<a/>");
		assertThat(data("\"data\":[1, 2]")).isEqualTo("[1, 2]");
		assertThat(data("\"data\":1.50")).isEqualTo("1.50");
		assertThat(data("\"data\":true")).isEqualTo("true");
		assertThat(data("\"data\":null")).isEmpty();
		assertThat(data("\"data_base64\":\"aGk=\",\"datacontenttype\":\"text/plain\"")).isEqualTo("hi");
		assertThat(data("\"x\":\"y\"")).isEmpty();
	}

	private String data(String member) throws UnreadableBodyException {
		return texts(reader(BodyFormat.AUTO).read(STRUCTURED, EventHeaders.NONE,
				bytes("{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\"," + member + "}")))
			.get(0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[]", "{}", "{\"specversion\":\"1.0\"}",
			"{\"specversion\":\"9\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\"}",
			"{\"specversion\":\"0.3\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\"}",
			"{\"specversion\":\"0.3\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"datacontentencoding\":\"base64\"}",
			"{\"specversion\":1,\"id\":\"7\",\"source\":\"s\",\"type\":\"t\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"a b\",\"type\":\"t\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"time\":\"now\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"Ext_x\":\"y\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"ext\":{}}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"ext\":99999999999}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"data\":1,\"data_base64\":\"\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\",\"data_base64\":\"?\"}",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"t\"} x" })
	void refusesWhatIsNoCloudEvent(String body) {
		assertUnreadable(Kind.MALFORMED, reader(BodyFormat.AUTO), STRUCTURED, body);
	}

	@Test
	void refusesAnIncompleteEventInBinaryMode() {
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(() -> reader(BodyFormat.AUTO).read("application/json",
					EventHeaders.of("ce-specversion", "1.0", "ce-id", "7"), bytes("{}")))
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.MALFORMED));
	}

	/** The first is the example of the specification. */
	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "Euro%20%E2%82%AC%20%F0%9F%98%80|Euro € 😀", "a%2520b|a%20b",
			"%41%c3%a4c|Aäc", "100%|100%", "%zz%4|%zz%4", "\"a b\"|a b", "\"a \\\"b\\\\%25\"|a \"b\\%", "a$1|a$1" })
	void decodesAttributesOfTheBinaryMode(String header, String subject) throws Exception {
		Event event = binary("ce-subject", header, "ce-source", "/a%2520b", "ce-id", "%C3%A4").events().get(0);
		assertThat(event.headers().first("ce-subject")).isEqualTo(subject);
		assertThat(event.id()).isEqualTo("/a%20b ä");
	}

	@Test
	void takesAUriThatIsNotEncodedInBinaryMode() throws Exception {
		Event event = binary("ce-source", "/a%20b", "ce-id", "7", "ce-dataschema", "/c%20d").events().get(0);
		assertThat(event.id()).isEqualTo("/a%20b 7");
		assertThat(event.headers().first("ce-dataschema")).isEqualTo("/c%20d");
	}

	@ParameterizedTest
	@CsvSource({ "/caf%E9,/caf%E9", "/a%2Fb,/a%2Fb", "/a%252Fb,/a%2Fb", "/a%2520%2Fb,/a%2520%2Fb", "/a%25,/a%25",
			"/a%25b,/a%25b", "/caf%25E9,/caf%E9", "\"/a%2Fb\",/a%2Fb" })
	void doesNotDecodeAUriThatIsNotEncodedInBinaryMode(String header, String uri) throws Exception {
		Event event = binary("ce-source", header, "ce-id", "7", "ce-dataschema", header).events().get(0);
		assertThat(event.id()).isEqualTo(uri + " 7");
		assertThat(event.headers().first("ce-dataschema")).isEqualTo(uri);
	}

	@ParameterizedTest
	@ValueSource(strings = { "%C0%A0", "a%ffb", "%E2%82", "%ED%A0%80" })
	void refusesWhatIsNotUtf8InBinaryMode(String header) {
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(() -> binary("ce-subject", header, "ce-source", "s", "ce-id", "7"))
			.withMessageContaining("is not UTF-8")
			.satisfies((ex) -> assertThat(ex.kind()).isEqualTo(Kind.MALFORMED));
	}

	private static PostedEvents binary(String... headers) throws UnreadableBodyException {
		List<String> all = new ArrayList<>(List.of("ce-specversion", "1.0", "ce-type", "t"));
		all.addAll(List.of(headers));
		return reader(BodyFormat.AUTO).read("application/json", EventHeaders.of(all.toArray(String[]::new)),
				bytes("{}"));
	}

	@Test
	void takesNothingButCloudEventsWhereThatIsSaid() {
		assertUnreadable(Kind.NOT_SUPPORTED, reader(BodyFormat.CLOUDEVENTS), "application/json", "{}");
		assertUnreadable(Kind.NOT_SUPPORTED, reader(BodyFormat.CLOUDEVENTS), null, "{}");
	}

	private static void assertUnreadable(Kind kind, EventReader reader, String contentType, String body) {
		assertThatExceptionOfType(UnreadableBodyException.class)
			.isThrownBy(() -> reader.read(contentType, EventHeaders.NONE, bytes(body)))
			.satisfies((ex) -> assertThat(ex.kind()).as(ex.getMessage()).isEqualTo(kind));
	}

	private static String id(EventHeaders headers, String body, String... places) throws UnreadableBodyException {
		return new EventReader("w", BodyFormat.EVENT, new EventIds(List.of(places), List.of(), false), 4)
			.read(null, headers, bytes(body))
			.events()
			.get(0)
			.id();
	}

	private static EventReader reader(BodyFormat format) {
		return new EventReader("webhook.orders", format, new EventIds(List.of(), List.of(), false), 4);
	}

	private static EventHeaders headers(Map<String, String> headers) {
		Map<String, List<String>> lists = new HashMap<>();
		headers.forEach((name, value) -> lists.put(name, List.of(value)));
		return EventHeaders.of(lists);
	}

	private static List<String> texts(PostedEvents posted) {
		return posted.events().stream().map(Event::text).toList();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
