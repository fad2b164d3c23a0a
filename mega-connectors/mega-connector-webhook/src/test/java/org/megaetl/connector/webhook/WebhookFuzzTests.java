package org.megaetl.connector.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * No request, however broken, is answered with a fault of the server. The same requests
 * each time, unless told to find others for a minute:
 * {@code -Dtest=WebhookFuzzTests -Dtests.fuzz=long}.
 */
class WebhookFuzzTests {

	private static final boolean LONG = "long".equals(System.getProperty("tests.fuzz"));

	private static final int REQUESTS = 1500;

	private static final List<String> PATHS = List.of("/auto", "/pointer", "/array", "/lines", "/cloud", "/letters",
			"/stripe", "/standard", "/slack", "/basic");

	private static final List<String> HEADERS = List.of("Content-Type", "ce-specversion", "ce-id", "ce-source",
			"ce-type", "ce-time", "ce-dataschema", "ce-x", "Idempotency-Key", "Stripe-Signature", "webhook-id",
			"webhook-timestamp", "webhook-signature", "svix-signature", "X-Slack-Signature",
			"X-Slack-Request-Timestamp", "Authorization");

	private static final List<String> VALUES = List.of("application/x-ndjson", "application/cloudevents+json",
			"application/cloudevents-batch+json", "application/json", "1.0", "0.3", "2", "t=1,v1=00", "v1,eA==",
			"v1a,eA== v1,", "v0=00", "1614265330", "-1", "99999999999999999999", "Basic eDp5", "Basic ?", "Bearer",
			"2026-01-01T00:00:00Z", "a b", "%zz", "%41", "/s", "", ",");

	private static final List<String> PIECES = List.of("{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800",
			"\\u0000", "null", "true", "-", "1e999", "1E-", "0.1", "12345678901234567890123", "\"id\"", "\"a\"",
			"\"specversion\":\"1.0\"", "\"source\":\"/s\"", "\"type\":\"t\"", "\"id\":\"7\"",
			"\"id\":\"\\u0000\\ud800\"", "\"data\":", "\"data_base64\":\"", "\"time\":\"x\"",
			"{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"/s\",\"type\":\"t\"", "\n", "\r\n", " ", "\u0000",
			"\uFEFF", "\u00e9", "\uD83D\uDE00", "//", "/*", "NaN", "'", "[[[[[[[[[[", "{\"a\":", "url_verification");

	private static TestDatabase database;

	private static ConfigurableApplicationContext application;

	private static TestClient client;

	@BeforeAll
	static void start() {
		database = TestDatabase.create();
		String inbound = "--mega.connectors.webhook.inbound.";
		SpringApplicationBuilder builder = new SpringApplicationBuilder(WebhookTestApplication.class);
		Map<String, List<String>> inbounds = Map.of("auto", List.of("event-id=Idempotency-Key"), "pointer",
				List.of("event-id=/a/0/id"), "array", List.of("format=json-array", "event-id=/id"), "lines",
				List.of("format=ndjson"), "cloud", List.of("format=cloudevents"), "letters",
				List.of("format=json-array", "event-id=/id", "on-reject=dead-letter"), "stripe",
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

	@AfterAll
	static void stop() {
		application.close();
		database.close();
	}

	@Test
	void answersEveryRequestWithoutFault() throws Exception {
		long seed = LONG ? System.nanoTime() : 42;
		Random random = new Random(seed);
		long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
		for (int i = 0; LONG ? (System.nanoTime() < end) : (i < REQUESTS); i++) {
			Request request = request(random);
			HttpRequest.Builder builder = client.request(request.path())
				.POST(BodyPublishers.ofByteArray(request.compressed() ? gzip(request.body()) : request.body()));
			request.headers().forEach(builder::header);
			if (request.compressed()) {
				builder.header("Content-Encoding", "gzip");
			}
			HttpResponse<String> response = client.send(builder);
			assertThat(response.statusCode()).as("request %s of seed %s, %s: %s", i, seed, request, response.body())
				.isBetween(200, 499);
		}
	}

	private static Request request(Random random) {
		Map<String, String> headers = new LinkedHashMap<>();
		for (int i = random.nextInt(9); i > 0; i--) {
			headers.put(oneOf(HEADERS, random), random.nextBoolean() ? oneOf(VALUES, random)
					: several(40, random, () -> Character.toString(random.nextInt(' ', '~' + 1))));
		}
		return new Request(oneOf(PATHS, random), headers, body(random), random.nextInt(3) == 0);
	}

	private static byte[] body(Random random) {
		int kind = random.nextInt(15);
		if (kind < 10) {
			return several(40, random, () -> oneOf(PIECES, random)).getBytes(StandardCharsets.UTF_8);
		}
		if (kind < 14) {
			byte[] bytes = new byte[random.nextInt(200)];
			random.nextBytes(bytes);
			return bytes;
		}
		return ("[".repeat(random.nextInt(30_000)) + "{\"a\":".repeat(10)).getBytes(StandardCharsets.UTF_8);
	}

	private static String several(int max, Random random, Supplier<String> piece) {
		return Stream.generate(piece).limit(random.nextInt(max + 1)).collect(Collectors.joining());
	}

	private static String oneOf(List<String> choice, Random random) {
		return choice.get(random.nextInt(choice.size()));
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
			return this.path + " " + this.headers + " " + new String(this.body, StandardCharsets.UTF_8);
		}

	}

}
