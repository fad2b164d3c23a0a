package org.megaetl.connector.webhook;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What the server does with those who send slowly, wrongly, or through a proxy.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = { "mega.connectors.webhook.enabled=true",
		"mega.connectors.webhook.inbound.raw.path=/", "mega.connectors.webhook.inbound.raw.transformer=raw",
		"mega.connectors.webhook.inbound.limited.path=/limited",
		"mega.connectors.webhook.inbound.limited.transformer=raw",
		"mega.connectors.webhook.inbound.limited.client-rate-limit=1", "mega.connectors.webhook.request-timeout=4s",
		"mega.connectors.webhook.max-body-size=2MB", "mega.connectors.webhook.max-bytes-in-flight=4MB",
		"mega.connectors.webhook.max-requests=100", "server.tomcat.threads.max=4", "server.tomcat.threads.min-spare=4",
		"server.tomcat.connection-timeout=6s", "server.forward-headers-strategy=native" })
@ExtendWith(OutputCaptureExtension.class)
class WebhookServerTests {

	private static final String HEAD = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";

	private final JdbcClient jdbc;

	private final int port;

	private final TestClient client;

	WebhookServerTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.port = port;
		this.client = new TestClient(port);
	}

	@BeforeEach
	void deleteRows() {
		this.jdbc.sql("DELETE FROM payloads").update();
	}

	@Test
	void holdsNoThreadForABodyThatIsOnItsWay() throws Exception {
		List<Socket> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 50; i++) {
				Socket socket = new Socket("localhost", this.port);
				slow.add(socket);
				write(socket, (i % 2 == 0) ? HEAD + "half"
						: "POST / HTTP/1.1\r\nHost: localhost\r\n" + "Transfer-Encoding: chunked\r\n\r\n100\r\nhalf");
			}
			for (int i = 0; i < 50; i++) {
				assertThat(this.client.post("/", "fast").statusCode()).isEqualTo(200);
			}
			for (Socket socket : slow) {
				String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				assertThat(answer).startsWith("HTTP/1.1 408")
					.contains("\r\nConnection: close\r\n", "urn:mega:problem:request-timeout");
			}
		}
		finally {
			for (Socket socket : slow) {
				socket.close();
			}
		}
		assertThat(count()).isEqualTo(50);
	}

	@ParameterizedTest
	@CsvSource({ "PUT,1000,405", "POST,2097153,413" })
	void holdsNoThreadForABodyThatNobodyWants(String method, int size, int status) throws Exception {
		String head = HEAD.replace("POST", method)
			.replace("1000", Integer.toString(size))
			.replace("Host:", "Content-Type: application/x-www-form-urlencoded\r\nHost:");
		List<Socket> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 50; i++) {
				Socket socket = new Socket("localhost", this.port);
				slow.add(socket);
				write(socket, head + "half");
			}
			assertThat(this.client.post("/", "fast").statusCode()).isEqualTo(200);
			write(slow.get(0), "x".repeat(size - "half".length()));
			for (Socket socket : slow) {
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.startsWith("HTTP/1.1 " + status)
					.contains("\r\nConnection: close\r\n", "urn:mega:problem:");
			}
		}
		finally {
			for (Socket socket : slow) {
				socket.close();
			}
		}
	}

	@Test
	void holdsNoThreadForABodyThatThereIsNoRoomFor() throws Exception {
		List<Socket> slow = new ArrayList<>();
		try {
			for (int i = 0; i < 150; i++) {
				Socket socket = new Socket("localhost", this.port);
				slow.add(socket);
				write(socket, HEAD + "half");
			}
			await().until(() -> this.client.post("/", "fast").statusCode() == 503);
			List<String> answers = new ArrayList<>();
			for (Socket socket : slow) {
				answers.add(readHead(socket));
			}
			assertThat(answers).filteredOn((answer) -> answer.startsWith("HTTP/1.1 503"))
				.hasSizeGreaterThanOrEqualTo(50)
				.allSatisfy((answer) -> assertThat(answer).contains("\r\nRetry-After: 1\r\n"));
		}
		finally {
			for (Socket socket : slow) {
				socket.close();
			}
		}
		await().untilAsserted(() -> assertThat(this.client.post("/", "afterwards").statusCode()).isEqualTo(200));
	}

	@Test
	void blamesNotItselfWhereABodyThatNobodyWantsDoesNotArriveWhole() throws Exception {
		assertThat(this.client.exchange("PUT / HTTP/1.1\nHost: localhost\nContent-Length: 100\n\nhalf"))
			.doesNotStartWith("HTTP/1.1 500");
	}

	@Test
	void cutsOffWhoDoesNotStopSendingWhatNobodyWants() throws Exception {
		try (Socket socket = new Socket("localhost", this.port)) {
			write(socket, HEAD.replace("1000", "1000000000"));
			byte[] part = new byte[1024 * 1024];
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> {
				for (int i = 0; i < 100; i++) {
					socket.getOutputStream().write(part);
				}
			});
		}
	}

	@Test
	void takesABodyThatComesInPieces() throws Exception {
		try (Socket socket = new Socket("localhost", this.port)) {
			write(socket, HEAD.replace("1000", "10").replace("Host:", "Connection: close\r\nHost:"));
			for (int i = 0; i < 5; i++) {
				assertThat(this.client.post("/", "skip").statusCode()).isEqualTo(200);
				write(socket, "ab");
			}
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HTTP/1.1 200");
		}
		byte[] large = new byte[2 * 1024 * 1024];
		assertThat(this.client.send(this.client.request("/").POST(BodyPublishers.ofByteArray(large))).statusCode())
			.isEqualTo(200);
		assertThat(this.jdbc.sql("SELECT LENGTH(body) FROM payloads").query(Integer.class).list()).containsExactly(10,
				large.length);
	}

	@Test
	void hangsUpWhereNothingHappens() throws Exception {
		List<Socket> idle = new ArrayList<>();
		try {
			for (String beginning : List.of("", "POST / HT", "POST / HTTP/1.1\r\nHost: loc")) {
				Socket socket = new Socket("localhost", this.port);
				idle.add(socket);
				socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
				write(socket, beginning);
			}
			for (Socket socket : idle) {
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.doesNotContain("200");
			}
		}
		finally {
			for (Socket socket : idle) {
				socket.close();
			}
		}
	}

	@Test
	void boundsTheMemoryOfAllBodies() throws Exception {
		List<Socket> slow = new ArrayList<>();
		byte[] part = new byte[1024 * 1024 + 512 * 1024];
		try {
			for (int i = 0; i < 6; i++) {
				Socket socket = new Socket("localhost", this.port);
				slow.add(socket);
				write(socket, HEAD.replace("1000", "2000000"));
				socket.getOutputStream().write(part);
				socket.getOutputStream().flush();
			}
			List<String> answers = new ArrayList<>();
			for (Socket socket : slow) {
				answers.add(readHead(socket));
			}
			assertThat(answers).filteredOn((answer) -> answer.startsWith("HTTP/1.1 503"))
				.hasSizeGreaterThanOrEqualTo(4)
				.allSatisfy((answer) -> assertThat(answer).contains("\r\nRetry-After: 1\r\n"));
		}
		finally {
			for (Socket socket : slow) {
				socket.close();
			}
		}
		assertThat(this.client.post("/", "afterwards").statusCode()).isEqualTo(200);
	}

	@Test
	void boundsWhatTheServerHoldsForBodiesOfHttp2() throws Exception {
		try (Http2Sender slow = new Http2Sender(this.port)) {
			for (int i = 0; i < 40; i++) {
				slow.post(2 * i + 1);
			}
			// in the half of 4 MB there is room for the buffers of 16
			for (int i = 0; i < 8; i++) {
				assertThat(slow.readBody()).contains("urn:mega:problem:busy");
			}
			assertThat(this.client.post("/", "x".repeat(1_000_000)).statusCode()).isEqualTo(200);
			for (int i = 0; i < 16; i++) {
				assertThat(slow.readBody()).contains("urn:mega:problem:busy");
			}
		}
		await().untilAsserted(this::takesSixteenBodiesAtOnce);
		try (Http2Sender sender = new Http2Sender(this.port)) {
			for (int i = 0; i < 40; i++) {
				sender.post(2 * i + 1);
				sender.data(2 * i + 1, "one after the other", true);
				assertThat(sender.readBody()).isEqualTo("{\"status\":\"written\"}");
			}
		}
	}

	private void takesSixteenBodiesAtOnce() throws Exception {
		try (Http2Sender sender = new Http2Sender(this.port)) {
			for (int i = 0; i < 16; i++) {
				sender.post(2 * i + 1);
			}
			for (int i = 0; i < 16; i++) {
				sender.data(2 * i + 1, "at once " + i, true);
				assertThat(sender.readBody()).isEqualTo("{\"status\":\"written\"}");
			}
		}
	}

	/** Were it kept, the third or fourth of each kind would find none. */
	@Test
	void givesBackTheMemoryOfEachRequest() throws Exception {
		String body = "x".repeat(1_000_000);
		for (int i = 0; i < 6; i++) {
			assertThat(this.client.post("/", body).statusCode()).isEqualTo(200);
			assertThat(this.client.post("/", "reject:" + body).statusCode()).isEqualTo(422);
			assertThat(this.client
				.send(this.client.request("/").header("Content-Encoding", "gzip").POST(BodyPublishers.ofString(body)))
				.statusCode()).isEqualTo(400);
			assertThat(this.client.post("/limited", body).statusCode()).isIn(200, 429);
			try (Socket aborted = new Socket("localhost", this.port)) {
				write(aborted, HEAD.replace("1000", "2000000") + body);
			}
		}
		await().untilAsserted(() -> assertThat(this.client.post("/", body + body).statusCode()).isEqualTo(200));
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST /[ HTTP/1.1\nHost: localhost\n\n", "POST / HTTP/1.1\n\n",
			"POST / HTTP/1.1\nHost: localhost\nContent-Length: x\n\n",
			"POST / HTTP/1.1\nHost: localhost\nTransfer-Encoding: nonsense\n\n", "P@ST / HTTP/1.1\nHost: localhost\n\n",
			"POST / HTTP/1.1\nHost: a b\n\n", "POST /%zz HTTP/1.1\nHost: localhost\n\n",
			"POST /%2F HTTP/1.1\nHost: localhost\n\n", "POST / HTTP/9.1\nHost: localhost\n\n" })
	void tellsWhatTheServerRefusesAsAProblem(String request) throws Exception {
		assertThat(this.client.exchange(request)).matches("(?s)HTTP/1.1 [45]\\d\\d .*")
			.contains("Content-Type: application/problem+json", "{\"type\":\"about:blank\",\"title\":\"")
			.doesNotContain("<", "Tomcat");
	}

	@Test
	void refusesAHeaderThatIsTooLarge() throws Exception {
		assertThat(this.client.exchange("POST / HTTP/1.1\nHost: localhost\nX: " + "x".repeat(10_000) + "\n\n"))
			.startsWith("HTTP/1.1 400")
			.contains("application/problem+json");
	}

	@Test
	void knowsTheClientBehindAProxy(CapturedOutput output) throws Exception {
		for (String client : List.of("203.0.113.7", "2001:db8::7")) {
			await().pollInterval(Duration.ofMillis(1))
				.until(() -> this.client.send(from(client)), (response) -> response.statusCode() == 429
						&& response.headers().firstValue("Retry-After").orElse("").equals("1"));
		}
		assertThat(this.client.send(from("203.0.113.8")).statusCode()).isEqualTo(200);
		assertThat(output).contains("Refused POST /limited from 203.0.113.7 for 'webhook.limited' with 429");
	}

	private HttpRequest.Builder from(String address) {
		return this.client.request("/limited").header("X-Forwarded-For", address).POST(BodyPublishers.ofString("{}"));
	}

	private int count() {
		return this.jdbc.sql("SELECT COUNT(*) FROM payloads").query(Integer.class).single();
	}

	private static void write(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
		socket.getOutputStream().flush();
	}

	/**
	 * Returns the status and the headers of an answer, or what there is of them before
	 * the end.
	 */
	private static String readHead(Socket socket) throws IOException {
		StringBuilder head = new StringBuilder();
		for (int next = 0; next != -1 && head.indexOf("\r\n\r\n") == -1;) {
			next = socket.getInputStream().read();
			head.append((char) next);
		}
		return head.toString();
	}

}
