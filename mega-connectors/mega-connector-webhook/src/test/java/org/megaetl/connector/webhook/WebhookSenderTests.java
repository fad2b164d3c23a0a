package org.megaetl.connector.webhook;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

import com.standardwebhooks.Webhook;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.connector.webhook.auth.SteppingClock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What senders of all kinds meet who sign, repeat themselves, send much at once, or too
 * much.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "mega.connectors.webhook.enabled=true", "mega.connectors.webhook.max-body-size=10KB" })
@ExtendWith(OutputCaptureExtension.class)
class WebhookSenderTests {

	private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

	private static final String OLD_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

	private static final Path SECRETS = secrets();

	private final SteppingClock clock;

	private final JdbcClient jdbc;

	private final TestClient client;

	WebhookSenderTests(@Autowired SteppingClock clock, @Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.clock = clock;
		this.jdbc = jdbc;
		this.client = new TestClient(port);
	}

	@DynamicPropertySource
	static void inbounds(DynamicPropertyRegistry registry) {
		inbound(registry, "standard", "auth=standard-webhooks", "secrets[0]=" + SECRET, "secrets[1]=" + OLD_SECRET);
		inbound(registry, "svix", "auth=standard-webhooks", "secrets=" + SECRET, "event-id=Svix-Id");
		inbound(registry, "logged", "auth=standard-webhooks", "secrets=" + SECRET);
		inbound(registry, "stripe", "auth=stripe", "secrets=whsec_a,b");
		inbound(registry, "github", "auth=github", "secrets=It's a Secret to Everybody");
		inbound(registry, "slack", "auth=slack", "secrets=hush");
		inbound(registry, "bearer", "auth=bearer", "secret-file=" + SECRETS);
		inbound(registry, "keyed", "auth=none", "event-id=Idempotency-Key");
		inbound(registry, "array", "auth=none", "format=json-array", "event-id=/id");
		inbound(registry, "letters", "auth=none", "format=json-array", "on-reject=dead-letter", "max-events=2000");
		inbound(registry, "lines", "auth=none", "format=ndjson", "event-id=/id", "on-reject=dead-letter");
		inbound(registry, "answered", "auth=none", "format=ndjson", "event-id=/id");
		inbound(registry, "auto", "auth=none", "origins=eventgrid.azure.net");
		inbound(registry, "limited", "auth=none", "rate-limit=5");
	}

	private static void inbound(DynamicPropertyRegistry registry, String name, String... properties) {
		String prefix = "mega.connectors.webhook.inbound." + name + ".";
		registry.add(prefix + "path", () -> "/" + name);
		registry.add(prefix + "transformer", () -> "raw");
		for (String property : properties) {
			int equals = property.indexOf('=');
			registry.add(prefix + property.substring(0, equals), () -> property.substring(equals + 1));
		}
	}

	private static Path secrets() {
		try {
			return Files.writeString(Files.createTempFile("secrets", ".txt"), "token-1\n");
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@BeforeEach
	void deleteRows() {
		this.jdbc.sql("DELETE FROM payloads").update();
		this.jdbc.sql("DELETE FROM mega_inbox").update();
		this.jdbc.sql("DELETE FROM mega_dead_letter").update();
	}

	@Test
	void takesWhatTheLibraryOfStandardWebhooksSigns() throws Exception {
		HttpRequest.Builder request = standard("msg_1", now(), "{\"a\":1}", SECRET);
		assertStatus(request, 200, "written");
		assertStatus(request, 200, "duplicate");
		assertStatus(standard("msg_1", now(), "{\"a\":2}", SECRET), 422, "id-reused");
		assertStatus(standard("msg_2", now(), "{\"a\":2}", OLD_SECRET), 200, "written");
		assertThat(payloads()).containsExactly("{\"a\":1}", "{\"a\":2}");
	}

	@Test
	void takesWhatIsSignedOnceWhateverHeadersThatAreNotSignedSay() throws Exception {
		assertStatus(standard("msg_1", now(), "{\"a\":1}", SECRET), 200, "written");
		assertStatus(standard("msg_1", now(), "{\"a\":1}", SECRET).header("Content-Type", "application/x-ndjson"), 200,
				"{\"status\":\"duplicate\"}");
		assertStatus(standard("msg_1", now(), "{\"a\":1}", SECRET).header("ce-specversion", "1.0")
			.header("ce-id", "other")
			.header("ce-source", "/other")
			.header("ce-type", "other"), 200, "{\"status\":\"duplicate\"}");
		assertThat(payloads()).hasSize(1);
	}

	@Test
	void takesWhatIsSignedOnceWhateverItsHeadersAreCalled() throws Exception {
		for (String path : List.of("/standard", "/svix")) {
			String id = "msg_of_" + path;
			assertStatus(signed(path, "webhook-", id), 200, "{\"status\":\"written\"}");
			assertStatus(signed(path, "svix-", id), 200, "{\"status\":\"duplicate\"}");
			assertStatus(signed(path, "Svix-", id).header("webhook-id", id), 200, "{\"status\":\"duplicate\"}");
		}
		assertThat(payloads()).hasSize(2);
	}

	private HttpRequest.Builder signed(String path, String prefix, String id) throws Exception {
		return this.client.request(path)
			.header(prefix + "id", id)
			.header(prefix + "timestamp", Long.toString(now()))
			.header(prefix + "signature", new Webhook(SECRET).sign(id, now(), "{}"))
			.POST(BodyPublishers.ofString("{}"));
	}

	@Test
	void tellsNobodyButTheLogWhyItRefuses(CapturedOutput output) throws Exception {
		HttpRequest.Builder unsigned = this.client.request("/logged").POST(BodyPublishers.ofString("{}"));
		HttpRequest.Builder changed = standard("msg_1", now(), "{}", SECRET).POST(BodyPublishers.ofString("{ }"));
		HttpRequest.Builder old = standard("msg_1", now() - 301, "{}", SECRET);
		for (HttpRequest.Builder request : List.of(unsigned, changed, old)) {
			// of its own, as its log is sampled
			HttpResponse<String> response = this.client.send(request.uri(unsigned.build().uri()));
			assertThat(response.statusCode()).isEqualTo(401);
			assertThat(response.headers().firstValue("WWW-Authenticate")).isPresent();
			assertThat(response.body()).isEqualTo("{\"type\":\"urn:mega:problem:unauthenticated\","
					+ "\"title\":\"Not authenticated\",\"status\":401,"
					+ "\"detail\":\"The request is not signed as it must be here.\"}");
		}
		assertThat(output).containsOnlyOnce("Refused POST /logged from 127.0.0.1 for 'webhook.logged' with 401: ")
			.contains("is missing")
			.doesNotContain(SECRET.substring(6));
		assertThat(payloads()).isEmpty();
	}

	@Test
	void looksAtTheTimeOfASignature() throws Exception {
		long sent = now();
		assertStatus(standard("msg_1", sent - 300, "{}", SECRET), 200, "written");
		assertStatus(standard("msg_2", sent + 300, "{}", SECRET), 200, "written");
		assertStatus(standard("msg_3", sent - 301, "{}", SECRET), 401, "unauthenticated");
		assertStatus(standard("msg_4", sent + 301, "{}", SECRET), 401, "unauthenticated");
		HttpRequest.Builder later = standard("msg_5", sent, "{}", SECRET);
		this.clock.step(Duration.ofSeconds(301));
		assertStatus(later, 401, "unauthenticated");
	}

	@Test
	void takesAnEventOfStripeAgainThoughItTellsOfItsDeliveries() throws Exception {
		for (String pending : List.of("2", "1")) {
			String body = "{\"id\":\"evt_1\",\"pending_webhooks\":" + pending + "}";
			String header = com.stripe.net.Webhook.Signature.generateSignatureHeader(body, "whsec_a,b", now());
			assertStatus(this.client.request("/stripe")
				.header("Stripe-Signature", header)
				.POST(BodyPublishers.ofString(body)), 200, pending.equals("2") ? "written" : "duplicate");
		}
		assertThat(payloads()).hasSize(1);
		String body = "{\"id\":\"evt_2\"}";
		String header = com.stripe.net.Webhook.Signature.generateSignatureHeader(body, "whsec_a", now());
		assertStatus(
				this.client.request("/stripe").header("Stripe-Signature", header).POST(BodyPublishers.ofString(body)),
				401, "unauthenticated");
	}

	@Test
	void takesTheExampleOfGitHub() throws Exception {
		HttpRequest.Builder request = this.client.request("/github")
			.header("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
			.header("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
			.POST(BodyPublishers.ofString("Hello, World!"));
		assertStatus(request, 200, "written");
		assertStatus(request, 200, "duplicate");
		assertStatus(request.POST(BodyPublishers.ofString("Hello, World?")), 401, "unauthenticated");
	}

	@Test
	void answersSlacksHandshake() throws Exception {
		String body = "{\"token\":\"x\",\"challenge\":\"3eZbrw1aB\",\"type\":\"url_verification\"}";
		HttpResponse<String> response = this.client.send(slack(body, "hush"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
		assertThat(response.body()).isEqualTo("3eZbrw1aB");
		assertStatus(slack(body, "other"), 401, "unauthenticated");
		assertThat(payloads()).isEmpty();
		assertStatus(slack("{\"event_id\":\"Ev1\"}", "hush"), 200, "written");
		assertStatus(slack("{\"event_id\":\"Ev1\"}", "hush"), 200, "duplicate");
	}

	@Test
	void takesSlacksCommandsWhichAreForms() throws Exception {
		assertStatus(slack("command=%2Fdeploy&text=", "hush"), 200, "written");
		assertStatus(slack("{\"event_id\":", "hush"), 400, "malformed");
		assertThat(payloads()).containsExactly("command=%2Fdeploy&text=");
	}

	private HttpRequest.Builder slack(String body, String secret) throws Exception {
		String timestamp = Long.toString(now());
		return this.client.request("/slack")
			.header("X-Slack-Request-Timestamp", timestamp)
			.header("X-Slack-Signature",
					"v0=" + com.stripe.net.Webhook.Util.computeHmacSha256(secret, "v0:" + timestamp + ":" + body))
			.POST(BodyPublishers.ofString(body));
	}

	@Test
	void takesSecretsThatAreReplacedInAFile() throws Exception {
		assertThat(bearer("token-1")).isEqualTo(200);
		assertThat(bearer("token-2")).isEqualTo(401);
		Files.writeString(SECRETS, "token-2\ntoken-3\n");
		this.clock.step(Duration.ofSeconds(2));
		assertThat(bearer("token-1")).isEqualTo(401);
		assertThat(bearer("token-2")).isEqualTo(200);
		Files.writeString(SECRETS, "token-1\n");
		this.clock.step(Duration.ofSeconds(2));
	}

	private int bearer(String token) throws Exception {
		return this.client
			.send(this.client.request("/bearer")
				.header("Authorization", "Bearer " + token)
				.POST(BodyPublishers.ofString("{}")))
			.statusCode();
	}

	@Test
	void writesOneRowForDuplicatesAtTheSameMoment() {
		List<CompletableFuture<HttpResponse<String>>> responses = IntStream.range(0, 400)
			.mapToObj((i) -> this.client.sendAsync(keyed("key-" + i % 8, "body of " + i % 8)))
			.toList();
		assertThat(responses).allSatisfy((response) -> assertThat(response.join().statusCode()).isEqualTo(200));
		assertThat(responses.stream().filter((response) -> response.join().body().contains("written"))).hasSize(8);
		assertThat(payloads()).hasSize(8).doesNotHaveDuplicates();
	}

	@Test
	void saysWhichIdWasUsedBefore() throws Exception {
		assertStatus(keyed("7", "a"), 200, "written");
		assertStatus(keyed("7", "b"), 422, "\"eventId\":\"7\"");
		assertStatus(keyed("8", "reject:no"), 422, "\"detail\":\"no\",\"eventId\":\"8\"");
		assertStatus(keyed("8", "mended"), 200, "written");
		assertStatus(this.client.request("/keyed").POST(BodyPublishers.ofString("a")), 200, "written");
		assertStatus(this.client.request("/keyed").POST(BodyPublishers.ofString("a")), 200, "written");
	}

	private HttpRequest.Builder keyed(String key, String body) {
		return this.client.request("/keyed").header("Idempotency-Key", key).POST(BodyPublishers.ofString(body));
	}

	@Test
	void tellsWhatBecameOfEachEventOfABatch() throws Exception {
		JsonNode first = json(this.client.post("/array", "[{\"id\":1}, {\"id\":2} , {\"id\":1}]"), 200);
		assertThat(first.get("status").asString()).isEqualTo("written");
		assertThat(first.at("/events").findValuesAsString("status")).containsExactly("written", "written", "duplicate");
		assertThat(first.at("/events").findValuesAsString("eventId")).containsExactly("1", "2", "1");
		JsonNode second = json(this.client.post("/array", "[{\"id\":3},{\"id\":2,\"a\":1}]"), 422);
		assertThat(second.get("type").asString()).isEqualTo("urn:mega:problem:events-refused");
		assertThat(second.at("/events").findValuesAsString("status")).containsExactly("written", "id-reused");
		assertThat(payloads()).containsExactly("{\"id\":1}", "{\"id\":2}", "{\"id\":3}");
		JsonNode none = json(this.client.post("/array", "[]"), 200);
		assertThat(none.get("status").asString()).isEqualTo("skipped");
		assertThat(json(this.client.post("/array", "[{]"), 400).get("type").asString())
			.isEqualTo("urn:mega:problem:malformed");
		assertThat(json(this.client.post("/array", "[" + "{},".repeat(1000) + "{}]"), 413).get("detail").asString())
			.contains("1000 events");
	}

	@Test
	void writesABatchInOneTransactionAndStoresWhatCannotBeWritten() throws Exception {
		int before = commits();
		String body = "[" + "{},".repeat(1500) + "{\"a\":1}]";
		JsonNode written = json(this.client.post("/letters", body), 200);
		assertThat(written.get("events")).hasSize(1501);
		assertThat(payloads()).hasSize(1501);
		// connections that are opened commit as well, but none of the 1501 events by
		// itself
		assertThat(commits() - before).isLessThan(100);
	}

	@Test
	void writesTheNeighboursOfABadEvent() throws Exception {
		String body = "{\"a\":1}\nreject:no\ntoo-long\nskip\n{\"b\":2}\n";
		JsonNode answer = json(this.client.send(this.client.request("/auto")
			.header("Content-Type", "application/x-ndjson")
			.POST(BodyPublishers.ofString(body))), 422);
		assertThat(answer.at("/events").findValuesAsString("status")).containsExactly("written", "rejected",
				"dead-lettered", "skipped", "written");
		assertThat(answer.at("/events/1/detail").asString()).isEqualTo("no");
		assertThat(answer.at("/events/2/id").asLong())
			.isEqualTo(this.jdbc.sql("SELECT id FROM mega_dead_letter").query(Long.class).single());
		assertThat(payloads()).containsExactly("{\"a\":1}", "{\"b\":2}");
	}

	@Test
	void writesTheNeighboursOfALineThatCannotBeRead() throws Exception {
		JsonNode answer = json(this.client.post("/lines", "{\"id\":1}\n{bad\n{\"id\":3}"), 202);
		assertThat(answer.get("status").asString()).isEqualTo("dead-lettered");
		assertThat(answer.at("/events").findValuesAsString("status")).containsExactly("written", "dead-lettered",
				"written");
		assertThat(payloads()).containsExactly("{\"id\":1}", "{\"id\":3}");
		String again = "{\"id\":1}\n{\"id\":3}";
		assertThat(json(this.client.post("/lines", again), 200).get("status").asString()).isEqualTo("duplicate");
	}

	@Test
	void answersALineThatCannotBeReadAndWritesItsNeighbours() throws Exception {
		JsonNode answer = json(this.client.post("/answered", "{\"id\":1}\n{bad\n{\"id\":3}"), 422);
		assertThat(answer.get("type").asString()).isEqualTo("urn:mega:problem:events-refused");
		assertThat(answer.at("/events").findValuesAsString("status")).containsExactly("written", "rejected", "written");
		assertThat(answer.at("/events/1/detail").asString()).contains("no valid JSON");
		assertThat(payloads()).containsExactly("{\"id\":1}", "{\"id\":3}");
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
	}

	@Test
	void takesCloudEvents() throws Exception {
		String event = "{\"specversion\":\"1.0\",\"id\":\"%d\",\"source\":\"/s\",\"type\":\"t\",\"data\":{\"n\": %1$d}}";
		assertStatus(cloudEvents("application/cloudevents+json", event.formatted(1)), 200, "{\"status\":\"written\"}");
		assertStatus(
				cloudEvents("application/cloudevents-batch+json",
						"[" + event.formatted(1) + "," + event.formatted(2) + "]"),
				200, "\"events\":[{\"status\":\"duplicate\",\"eventId\":\"/s 1\"},{\"status\":\"written\"");
		HttpRequest.Builder binary = cloudEvents("application/json", "{\"n\": 3}").header("ce-specversion", "1.0")
			.header("ce-id", "3")
			.header("ce-source", "/s")
			.header("ce-type", "t");
		assertStatus(binary, 200, "written");
		assertStatus(binary, 200, "duplicate");
		assertThat(payloads()).containsExactly("{\"n\": 1}", "{\"n\": 2}", "{\"n\": 3}");
		assertStatus(cloudEvents("application/cloudevents+json", "{}"), 400, "specversion");
		assertStatus(cloudEvents("application/cloudevents-batch+json", "[" + event.formatted(4) + ", null]"), 422,
				"\"events\":[{\"status\":\"written\",\"eventId\":\"/s 4\"},{\"status\":\"rejected\"");
	}

	private HttpRequest.Builder cloudEvents(String contentType, String body) {
		return this.client.request("/auto").header("Content-Type", contentType).POST(BodyPublishers.ofString(body));
	}

	@Test
	void answersTheHandshakeOfEventGrid() throws Exception {
		HttpResponse<String> response = this.client.send(handshake("/auto", "eventgrid.azure.net"));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("WebHook-Allowed-Origin")).hasValue("eventgrid.azure.net");
		assertThat(response.headers().firstValue("WebHook-Allowed-Rate")).hasValue("*");
		assertThat(this.client.send(handshake("/auto", "evil.example")).statusCode()).isEqualTo(405);
		assertThat(this.client.send(handshake("/array", "eventgrid.azure.net")).statusCode()).isEqualTo(405);
	}

	private HttpRequest.Builder handshake(String path, String origin) {
		return this.client.request(path)
			.header("WebHook-Request-Origin", origin)
			.header("WebHook-Request-Rate", "120")
			.method("OPTIONS", BodyPublishers.noBody());
	}

	@Test
	void offersNothingToOtherSitesInABrowser() throws Exception {
		HttpResponse<String> response = this.client.send(this.client.request("/auto")
			.header("Origin", "https://evil.example")
			.header("Access-Control-Request-Method", "POST")
			.method("OPTIONS", BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(response.headers().map().keySet()).noneMatch((name) -> name.startsWith("access-control"));
	}

	@Test
	void takesWhatIsCompressedUnlessItIsABomb() throws Exception {
		assertStatus(gzip("{\"a\":1}".getBytes(StandardCharsets.UTF_8)), 200, "written");
		assertThat(payloads()).containsExactly("{\"a\":1}");
		HttpRequest.Builder bomb = gzip(new byte[8 * 1024 * 1024]);
		assertThat(bomb.build().bodyPublisher().orElseThrow().contentLength()).isLessThan(10_000);
		assertStatus(bomb, 413, "when it is decompressed");
		assertStatus(
				this.client.request("/auto").header("Content-Encoding", "gzip").POST(BodyPublishers.ofString("{}")),
				400, "malformed");
		assertStatus(this.client.request("/auto").header("Content-Encoding", "br").POST(BodyPublishers.ofString("{}")),
				415, "not-supported");
		assertStatus(gzip("{}".getBytes(StandardCharsets.UTF_8)).header("Content-Encoding", "gzip"), 415,
				"not-supported");
	}

	@Test
	void decompressesNothingForWhoIsNotKnown() throws Exception {
		for (String path : List.of("/github", "/bearer")) {
			assertStatus(gzip(path, new byte[8 * 1024 * 1024]), 401, "unauthenticated");
		}
	}

	private HttpRequest.Builder gzip(byte[] content) throws IOException {
		return gzip("/auto", content);
	}

	private HttpRequest.Builder gzip(String path, byte[] content) throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (GZIPOutputStream stream = new GZIPOutputStream(bytes)) {
			stream.write(content);
		}
		return this.client.request(path)
			.header("Content-Encoding", "gzip")
			.POST(BodyPublishers.ofByteArray(bytes.toByteArray()));
	}

	@Test
	void slowsDownWhoSendsTooMuch() throws Exception {
		List<CompletableFuture<HttpResponse<String>>> responses = IntStream.range(0, 200)
			.mapToObj((i) -> this.client.postAsync("/limited", "{}"))
			.toList();
		List<HttpResponse<String>> refused = responses.stream()
			.map(CompletableFuture::join)
			.filter((response) -> response.statusCode() != 200)
			.toList();
		assertThat(refused).isNotEmpty().allSatisfy((response) -> {
			assertThat(response.statusCode()).isEqualTo(429);
			assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
			assertThat(response.body()).contains("too-many-requests");
		});
		assertThat(payloads()).hasSize(200 - refused.size()).hasSizeGreaterThanOrEqualTo(5);
	}

	private HttpRequest.Builder standard(String id, long timestamp, String body, String secret) throws Exception {
		return this.client.request("/standard")
			.header("webhook-id", id)
			.header("webhook-timestamp", Long.toString(timestamp))
			.header("webhook-signature", new Webhook(secret).sign(id, timestamp, body))
			.POST(BodyPublishers.ofString(body));
	}

	private long now() {
		return this.clock.instant().getEpochSecond();
	}

	private void assertStatus(HttpRequest.Builder request, int status, String body) throws Exception {
		HttpResponse<String> response = this.client.send(request);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		assertThat(response.body()).contains(body);
	}

	private static JsonNode json(HttpResponse<String> response, int status) {
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return JsonMapper.shared().readTree(response.body());
	}

	private List<String> payloads() {
		return this.jdbc.sql("SELECT body FROM payloads ORDER BY id")
			.query((row, number) -> new String(row.getBytes(1), StandardCharsets.UTF_8))
			.list();
	}

	private int commits() {
		return this.jdbc.sql("SHOW GLOBAL STATUS LIKE 'Com_commit'")
			.query((row, number) -> row.getInt("Value"))
			.single();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Time {

		@Bean
		SteppingClock clock() {
			return new SteppingClock(Instant.now().getEpochSecond());
		}

	}

}
