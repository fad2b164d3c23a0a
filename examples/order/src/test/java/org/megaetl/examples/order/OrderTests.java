package org.megaetl.examples.order;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Orders posted to the started example, on a real database.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class OrderTests {

	private static final HttpClient http = HttpClient.newHttpClient();

	private final JdbcClient jdbc;

	private final int port;

	OrderTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.port = port;
	}

	@BeforeEach
	void deleteRows() {
		this.jdbc.sql("DELETE FROM orders").update();
		this.jdbc.sql("DELETE FROM mega_dead_letter").update();
	}

	@Test
	void takesTheRequestThatCurlSends() throws Exception {
		// curl's -d leaves out line ends
		String body = Files.readString(Path.of("order.json")).replaceAll("[\\r\\n]", "");
		String request = """
				POST / HTTP/1.1
				Host: localhost:%d
				User-Agent: curl/8.5.0
				Accept: */*
				Content-Length: %d
				Content-Type: application/x-www-form-urlencoded

				""".formatted(this.port, body.length()).replace("\n", "\r\n") + body;
		try (Socket socket = new Socket("localhost", this.port)) {
			OutputStream output = socket.getOutputStream();
			output.write(request.getBytes(StandardCharsets.UTF_8));
			output.flush();
			socket.shutdownOutput();
			assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
				.startsWith("HTTP/1.1 200");
		}
		Map<String, Object> row = this.jdbc.sql("""
				SELECT order_id, product_id, quantity, amount, shipping, tax, shipping_address,
					TIMESTAMPDIFF(SECOND, date_registered, CURRENT_TIMESTAMP) AS age FROM orders""")
			.query()
			.singleRow();
		assertThat((Long) row.remove("age")).isBetween(0L, 60L);
		assertThat(row).isEqualTo(
				Map.of("order_id", 1, "product_id", 12, "quantity", 2, "amount", new BigDecimal("56.00"), "shipping",
						new BigDecimal("15.00"), "tax", new BigDecimal("2.00"), "shipping_address", "Mataderos 2312"));
	}

	@Test
	void writesThousandConcurrentOrdersInFewTransactions() {
		int before = commits();
		List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 1000)
			.mapToObj((id) -> http.sendAsync(request(order(id, "Mataderos 2312")), BodyHandlers.ofString()))
			.toList();
		assertThat(answers).allSatisfy((answer) -> assertThat(answer.join().statusCode()).isEqualTo(200));
		assertThat(this.jdbc.sql("SELECT COUNT(DISTINCT order_id) FROM orders").query(Integer.class).single())
			.isEqualTo(1000);
		assertThat(commits() - before).isLessThan(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "{\"order_id\":", "[]", "1", "null", "{}", "{\"order_id\":1}",
			"{\"order_id\":\"one\",\"product_id\":12,\"quantity\":2,\"amount\":56.0,\"shipping\":15.0,\"tax\":2.0,"
					+ "\"shipping_address\":\"Mataderos 2312\"}",
			"{\"order_id\":1,\"product_id\":12,\"quantity\":2,\"amount\":null,\"shipping\":15.0,\"tax\":2.0,"
					+ "\"shipping_address\":\"Mataderos 2312\"}",
			"{\"order_id\":1,\"product_id\":12,\"quantity\":2,\"amount\":56.0,\"shipping\":15.0,\"tax\":2.0}" })
	void refusesWhatIsNoCompleteOrderAndGoesOn(String body) throws Exception {
		HttpResponse<String> answer = post(body);
		assertThat(answer.statusCode()).isEqualTo(422);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(answer.body()).doesNotContain("\\n");
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM orders").query(Integer.class).single()).isZero();
		assertThat(post(order(2, "Mataderos 2312")).statusCode()).isEqualTo(200);
	}

	@Test
	void namesNoClass() throws Exception {
		assertThat(post("[]").body()).contains("`Order`").doesNotContain("org.megaetl");
	}

	@Test
	void namesTheFieldThatIsWrong() throws Exception {
		assertThat(post(order(1, "Mataderos 2312").replace("56.0", "\"much\"")).body()).contains("(at /amount)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "'); DROP TABLE orders; -- ", "it's \"quoted\" `here`", "back\\slash \\' \\n \\0",
			"?, ?; :name ${x} %s %", "Ünïcödé 東京都", "\uD83D\uDE00\uD83C\uDFF4 \uD840\uDC00", "a\u0000b\u0000",
			"\t\r\n\u001a\u0008", "/* */ # --" })
	void storesTheAddressUnchanged(String address) throws Exception {
		assertThat(post(order(1, address)).statusCode()).isEqualTo(200);
		assertThat(this.jdbc.sql("SELECT shipping_address FROM orders").query(String.class).single())
			.isEqualTo(address);
	}

	@Test
	void storesAnAddressThatIsTooLongAsADeadLetter() throws Exception {
		HttpResponse<String> answer = post(order(1, "x".repeat(51)));
		assertThat(answer.statusCode()).isEqualTo(202);
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM orders").query(Integer.class).single()).isZero();
		assertThat(this.jdbc.sql("SELECT id FROM mega_dead_letter").query(Long.class).list())
			.containsExactly(JsonMapper.shared().readTree(answer.body()).get("id").asLong());
	}

	private HttpResponse<String> post(String body) throws Exception {
		return http.send(request(body), BodyHandlers.ofString());
	}

	private HttpRequest request(String body) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/"))
			.POST(BodyPublishers.ofString(body))
			.build();
	}

	private static String order(int id, String address) {
		return """
				{"order_id":%d,"product_id":12,"quantity":2,"amount":56.0,"shipping":15.0,"tax":2.0,\
				"shipping_address":%s}""".formatted(id, JsonMapper.shared().writeValueAsString(address));
	}

	private int commits() {
		return this.jdbc.sql("SHOW GLOBAL STATUS LIKE 'Com_commit'")
			.query((row, number) -> row.getInt("Value"))
			.single();
	}

}
