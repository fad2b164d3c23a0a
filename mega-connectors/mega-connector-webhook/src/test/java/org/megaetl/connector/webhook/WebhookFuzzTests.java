package org.megaetl.connector.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No request, however broken, is answered with a fault of the server. For a minute of it:
 * {@code -Djqwik.tries.default=40000}.
 */
class WebhookFuzzTests {

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static TestClient client;

	@BeforeContainer
	static void start() {
		database = TestDatabase.create();
		String inbound = "--mega.connectors.webhook.inbound.";
		SpringApplicationBuilder builder = new SpringApplicationBuilder(WebhookTestApplication.class);
		Map<String, List<String>> inbounds = Map.of("auto", List.of("event-id=Idempotency-Key"), "pointer",
				List.of("event-id=/a/0/id"), "array", List.of("format=json-array", "event-id=/id"), "lines",
				List.of("format=ndjson"), "cloud", List.of("format=cloudevents"), "stripe",
				List.of("auth=stripe", "secrets=x"), "standard", List.of("auth=standard-webhooks", "secrets=eHg="),
				"slack", List.of("auth=slack", "secrets=x"), "basic", List.of("auth=basic", "secrets=x:y"));
		List<String> args = new ArrayList<>();
		inbounds.forEach((name, properties) -> {
			args.add(inbound + name + ".path=/" + name);
			args.add(inbound + name + ".transformer=raw");
			properties.forEach((property) -> args.add(inbound + name + "." + property));
		});
		for (String property : database.toProperties()) {
			args.add("--" + property);
		}
		args.add("--server.port=0");
		args.add("--mega.connectors.webhook.enabled=true");
		args.add("--mega.connectors.webhook.max-body-size=64KB");
		application = builder.run(args.toArray(String[]::new));
		client = new TestClient(application.getEnvironment().getRequiredProperty("local.server.port", Integer.class));
	}

	@AfterContainer
	static void stop() {
		application.close();
		database.close();
	}

	@Property(shrinking = ShrinkingMode.OFF)
	void answersEveryRequestWithoutFault(@ForAll("requests") Request request) throws Exception {
		HttpRequest.Builder builder = client.request(request.path())
			.POST(BodyPublishers.ofByteArray(request.compressed() ? gzip(request.body()) : request.body()));
		request.headers().forEach(builder::header);
		if (request.compressed()) {
			builder.header("Content-Encoding", "gzip");
		}
		HttpResponse<String> response = client.send(builder);
		assertThat(response.statusCode()).as("%s: %s", request, response.body()).isBetween(200, 499);
	}

	@Provide
	Arbitrary<Request> requests() {
		Arbitrary<String> paths = Arbitraries.of("/auto", "/pointer", "/array", "/lines", "/cloud", "/stripe",
				"/standard", "/slack", "/basic");
		return Combinators.combine(paths, headers(), bodies(), Arbitraries.of(true, false, false)).as(Request::new);
	}

	private Arbitrary<Map<String, String>> headers() {
		Arbitrary<String> names = Arbitraries.of("Content-Type", "ce-specversion", "ce-id", "ce-source", "ce-type",
				"ce-time", "ce-dataschema", "ce-x", "Idempotency-Key", "Stripe-Signature", "webhook-id",
				"webhook-timestamp", "webhook-signature", "svix-signature", "X-Slack-Signature",
				"X-Slack-Request-Timestamp", "Authorization");
		Arbitrary<String> values = Arbitraries.oneOf(
				Arbitraries.of("application/x-ndjson", "application/cloudevents+json",
						"application/cloudevents-batch+json", "application/json", "1.0", "0.3", "2", "t=1,v1=00",
						"v1,eA==", "v1a,eA== v1,", "v0=00", "1614265330", "-1", "99999999999999999999", "Basic eDp5",
						"Basic ?", "Bearer", "2026-01-01T00:00:00Z", "a b", "%zz", "%41", "/s", "", ","),
				Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(40));
		return Arbitraries.maps(names, values).ofMaxSize(8);
	}

	private Arbitrary<byte[]> bodies() {
		Arbitrary<String> pieces = Arbitraries.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null",
				"true", "-", "1e999", "1E-", "0.1", "12345678901234567890123", "\"id\"", "\"a\"",
				"\"specversion\":\"1.0\"", "\"source\":\"/s\"", "\"type\":\"t\"", "\"id\":\"7\"", "\"data\":",
				"\"data_base64\":\"", "\"time\":\"x\"",
				"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\"", "\n", "\r\n", " ", "\u0000",
				"\uFEFF", "\u00e9", "\uD83D\uDE00", "//", "/*", "NaN", "'", "[[[[[[[[[[", "{\"a\":",
				"url_verification");
		Arbitrary<byte[]> texts = pieces.list().ofMaxSize(40).map((list) -> String.join("", list).getBytes());
		Arbitrary<byte[]> deep = Arbitraries.integers()
			.between(1, 30_000)
			.map((depth) -> ("[".repeat(depth) + "{\"a\":".repeat(10)).getBytes());
		Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
		return Arbitraries.frequencyOf(Tuple.of(10, texts), Tuple.of(1, deep), Tuple.of(4, bytes));
	}

	private static byte[] gzip(byte[] content) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream stream = new GZIPOutputStream(bytes)) {
			stream.write(content);
		}
		byte[] compressed = bytes.toByteArray();
		if (content.length % 3 == 0) {
			compressed[content.length % compressed.length] ^= 0x10;
		}
		return compressed;
	}

	/**
	 * What is sent.
	 */
	record Request(String path, Map<String, String> headers, byte[] body, boolean compressed) {

		@Override
		public String toString() {
			return this.path + " " + this.headers + " " + new String(this.body);
		}

	}

}
