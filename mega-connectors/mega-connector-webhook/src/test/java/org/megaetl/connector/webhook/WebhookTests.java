package org.megaetl.connector.webhook;

import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a sender meets, in a started application with a real database.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "mega.connectors.webhook.enabled=true", "mega.connectors.webhook.max-body-size=10KB",
				"mega.connectors.webhook.inbound.raw.path=/", "mega.connectors.webhook.inbound.raw.transformer=raw",
				"mega.connectors.webhook.inbound.orders.path=/shop/orders",
				"mega.connectors.webhook.inbound.orders.transformer=order",
				"mega.connectors.webhook.inbound.letters.path=/letters",
				"mega.connectors.webhook.inbound.letters.transformer=raw",
				"mega.connectors.webhook.inbound.letters.on-reject=dead-letter",
				"mega.connectors.webhook.inbound.direct.path=/direct",
				"mega.connectors.webhook.inbound.direct.transformer=direct" })
@ExtendWith(OutputCaptureExtension.class)
class WebhookTests {

	private static final String ORDER = """
			{"order_id":%d,"product_id":12,"quantity":2,"amount":56.0,"shipping":15.0,"tax":2.0,\
			"shipping_address":"Mataderos 2312"}""";

	private final JdbcClient jdbc;

	private final int port;

	private final TestClient client;

	WebhookTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.port = port;
		this.client = new TestClient(port);
	}

	@BeforeEach
	void deleteRows() {
		this.jdbc.sql("DELETE FROM payloads").update();
		this.jdbc.sql("DELETE FROM orders").update();
		this.jdbc.sql("DELETE FROM mega_dead_letter").update();
	}

	@Test
	void answersWhenTheRowIsCommitted() throws Exception {
		HttpResponse<String> response = this.client.post("/shop/orders", ORDER.formatted(1));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"status\":\"written\"}");
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(response.headers().firstValue("Content-Length")).hasValue("20");
		assertThat(this.jdbc.sql("SELECT shipping_address FROM orders WHERE order_id = 1").query(String.class).list())
			.containsExactly("Mataderos 2312");
	}

	@Test
	void takesWhatCurlSendsAsBytes() throws Exception {
		String body = "a=1&b=%20&{\"c\":\"d+e\"}";
		String response = this.client.exchange("""
				POST / HTTP/1.1
				Host: localhost:%d
				User-Agent: curl/7.88.1
				Accept: */*
				Content-Length: %d
				Content-Type: application/x-www-form-urlencoded
				Connection: close

				""".formatted(this.port, body.length()) + body);
		assertThat(response).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"written\"}");
		assertThat(payloads()).containsExactly(body.getBytes(StandardCharsets.UTF_8));
		assertThat(this.jdbc.sql("SELECT content_type FROM payloads").query(String.class).single())
			.isEqualTo("application/x-www-form-urlencoded");
	}

	@Test
	void takesMultipartAsBytes() throws Exception {
		String body = "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x--\r\n";
		HttpResponse<String> response = this.client.send(this.client.request("/")
			.header("Content-Type", "multipart/form-data; boundary=x")
			.POST(BodyPublishers.ofString(body)));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(payloads()).containsExactly(body.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void leavesBytesAsTheyAre() throws Exception {
		byte[] body = new byte[5000];
		for (int i = 0; i < body.length; i++) {
			body[i] = (byte) i;
		}
		byte[] text = "'; DROP TABLE payloads; -- \u0000 \uD83D\uDE00 \"".getBytes(StandardCharsets.UTF_8);
		System.arraycopy(text, 0, body, 1000, text.length);
		assertThat(this.client.send(this.client.request("/").POST(BodyPublishers.ofByteArray(body))).statusCode())
			.isEqualTo(200);
		assertThat(this.client.send(this.client.request("/").POST(chunked(body))).statusCode()).isEqualTo(200);
		assertThat(payloads()).containsExactly(body, body);
	}

	@Test
	void takesAnEmptyBody() throws Exception {
		assertThat(this.client.post("/", "").statusCode()).isEqualTo(200);
		assertThat(payloads()).containsExactly(new byte[0]);
	}

	@Test
	void keepsNoCredentials() throws Exception {
		HttpResponse<String> response = this.client.send(this.client.request("/letters")
			.header("authorization", "Bearer secret")
			.header("Cookie", "a=secret")
			.header("Proxy-Authorization", "Basic secret")
			.header("X-Order", "7")
			.POST(BodyPublishers.ofString("reject:with headers")));
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(this.jdbc.sql("SELECT headers FROM mega_dead_letter").query(String.class).single())
			.containsIgnoringCase("\"x-order\":[\"7\"]")
			.doesNotContain("secret");
	}

	@Test
	void saysThatAnEventWasSkipped() throws Exception {
		HttpResponse<String> response = this.client.post("/", "skip");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo("{\"status\":\"skipped\"}");
		assertThat(payloads()).isEmpty();
	}

	@Test
	void answersARejectedEventAndStoresNothing() throws Exception {
		HttpResponse<String> response = this.client.post("/", "reject:a \"quoted\" <b>\u0001\uD83D\uDE00 is missing");
		assertThat(response.statusCode()).isEqualTo(422);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body())
			.isEqualTo("{\"type\":\"urn:mega:problem:rejected\",\"title\":\"Event rejected\",\"status\":422,"
					+ "\"detail\":\"a \\\"quoted\\\" <b>\\u0001\uD83D\uDE00 is missing\"}");
		assertThat(payloads()).isEmpty();
		assertThat(deadLetters()).isEmpty();
	}

	@Test
	void answersInvalidJson() throws Exception {
		assertThat(this.client.post("/shop/orders", "{\"order_id\":").statusCode()).isEqualTo(422);
		assertThat(this.client.post("/shop/orders", ORDER.formatted(2)).statusCode()).isEqualTo(200);
		assertThat(this.jdbc.sql("SELECT order_id FROM orders").query(Integer.class).list()).containsExactly(2);
	}

	@Test
	void limitsWhatItSaysOfARejectedEvent() throws Exception {
		HttpResponse<String> response = this.client.post("/", "reject:" + "\u0001\uD83D\uDE00".repeat(1500));
		assertThat(response.statusCode()).isEqualTo(422);
		assertThat(response.body()).hasSizeLessThan(8000).endsWith("…\"}");
		assertThat(this.client.post("/direct", "reject").body()).contains("no no no").endsWith("…\"}");
	}

	@Test
	void storesARejectedEventAsDeadLetterIfTheInboundSaysSo() throws Exception {
		HttpResponse<String> response = this.client.post("/letters", "reject:for later");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(deadLetters()).hasSize(1);
		assertThat(response.body()).isEqualTo("{\"status\":\"dead-lettered\",\"id\":" + deadLetters().get(0) + "}");
	}

	@Test
	void storesWhatTheDatabaseRefusesAsDeadLetter() throws Exception {
		HttpResponse<String> response = this.client.post("/", "too-long");
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(response.body()).isEqualTo("{\"status\":\"dead-lettered\",\"id\":" + deadLetters().get(0) + "}");
		assertThat(payloads()).isEmpty();
	}

	@Test
	void refusesABodyThatIsTooLarge() throws Exception {
		byte[] body = new byte[10 * 1024 + 1];
		for (BodyPublisher publisher : List.of(BodyPublishers.ofByteArray(body), chunked(body))) {
			HttpResponse<String> response = this.client.send(this.client.request("/").POST(publisher));
			assertThat(response.statusCode()).isEqualTo(413);
			assertThat(response.body()).contains("urn:mega:problem:too-large", "10240 bytes");
		}
		assertThat(payloads()).isEmpty();
		assertThat(this.client.send(this.client.request("/").POST(chunked(new byte[10 * 1024]))).statusCode())
			.isEqualTo(200);
		assertThat(this.client.send(this.client.request("/").POST(BodyPublishers.ofByteArray(new byte[10 * 1024])))
			.statusCode()).isEqualTo(200);
	}

	@Test
	void saysToPostInsteadOfOtherMethods() throws Exception {
		for (String method : List.of("GET", "PUT", "DELETE", "OPTIONS", "PATCH")) {
			HttpResponse<String> response = this.client
				.send(this.client.request("/").method(method, BodyPublishers.noBody()));
			assertThat(response.statusCode()).as(method).isEqualTo(405);
			assertThat(response.headers().firstValue("Allow")).hasValue("POST");
			assertThat(response.body()).contains("urn:mega:problem:method-not-allowed", "POST request");
		}
		HttpResponse<String> head = this.client.send(this.client.request("/").method("HEAD", BodyPublishers.noBody()));
		assertThat(head.statusCode()).isEqualTo(405);
		assertThat(head.body()).isEmpty();
	}

	@Test
	void leavesOtherPathsToTheApplication() throws Exception {
		for (String path : List.of("/unknown", "/shop", "/shop/orders/", "/shop/orders/1")) {
			HttpResponse<String> response = this.client.post(path, "{}");
			assertThat(response.statusCode()).as(path).isEqualTo(404);
			assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		}
		HttpResponse<String> health = this.client.send(this.client.request("/actuator/health").GET());
		assertThat(health.statusCode()).isEqualTo(200);
		assertThat(health.body()).contains("UP");
	}

	@Test
	void isQuietAboutASenderThatGoesAway(CapturedOutput output) throws Exception {
		try (Socket socket = new Socket("localhost", this.port)) {
			socket.getOutputStream()
				.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf".getBytes());
			socket.getOutputStream().flush();
		}
		for (int i = 0; i < 20; i++) {
			try (Socket socket = new Socket("localhost", this.port)) {
				socket.getOutputStream()
					.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\ngone".getBytes());
				socket.setSoLinger(true, 0);
			}
		}
		String refused = this.client.exchange("POST / HTTP/1.1\nHost: localhost\nContent-Length: 100\n\nhalf");
		assertThat(refused).startsWith("HTTP/1.1 400");
		String malformed = this.client
			.exchange("POST / HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\nno chunk\n");
		assertThat(malformed).startsWith("HTTP/1.1 400");
		assertThat(this.client.post("/", "still there").statusCode()).isEqualTo(200);
		assertThat(payloads()).doesNotContain("half".getBytes());
		assertThat(output).doesNotContain("Exception");
	}

	@Test
	void commitsConcurrentEventsTogether() throws Exception {
		int before = commits();
		List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			responses.add(this.client.postAsync("/shop/orders", ORDER.formatted(i)));
		}
		for (CompletableFuture<HttpResponse<String>> response : responses) {
			assertThat(response.get().statusCode()).isEqualTo(200);
		}
		assertThat(this.jdbc.sql("SELECT COUNT(DISTINCT order_id) FROM orders").query(Integer.class).single())
			.isEqualTo(1000);
		assertThat(commits() - before).isLessThan(200);
	}

	private int commits() {
		Map<String, Object> row = this.jdbc.sql("SHOW GLOBAL STATUS LIKE 'Com_commit'").query().singleRow();
		return Integer.parseInt((String) row.get("Value"));
	}

	private List<byte[]> payloads() {
		// those of senders that have gone away may come while the next test runs
		return this.jdbc.sql("SELECT body FROM payloads WHERE body <> 'gone' ORDER BY id")
			.query((row, number) -> row.getBytes(1))
			.list();
	}

	private List<Long> deadLetters() {
		return this.jdbc.sql("SELECT id FROM mega_dead_letter").query(Long.class).list();
	}

	private static BodyPublisher chunked(byte[] body) {
		return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
	}

}
