package org.megaetl.examples.orderconn;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
class OrderConnTests {

	private static final HttpClient http = HttpClient.newHttpClient();

	private final JdbcClient jdbc;

	private final URI address;

	OrderConnTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.address = URI.create("http://localhost:" + port + "/");
	}

	@BeforeEach
	void deleteRows() {
		this.jdbc.sql("DELETE FROM orders").update();
	}

	@Test
	void writesTheOrder() throws Exception {
		assertThat(post(sample()).join().statusCode()).isEqualTo(200);
		Map<String, Object> row = this.jdbc.sql("SELECT * FROM orders").query().singleRow();
		assertThat(row.remove("date_registered")).isNotNull();
		assertThat(row).isEqualTo(
				Map.of("order_id", 1, "product_id", 12, "quantity", 2, "amount", new BigDecimal("56.00"), "shipping",
						new BigDecimal("15.00"), "tax", new BigDecimal("2.00"), "shipping_address", "Mataderos 2312"));
	}

	@Test
	void undoesOnlyTheOrdersThatFail() throws Exception {
		String good = sample();
		String tooLong = good.replace("Mataderos", "x".repeat(50));
		List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, 60)
			.mapToObj((id) -> List.of(good.replace("\"order_id\":1", "\"order_id\":" + id), tooLong, "{}").get(id % 3))
			.map(this::post)
			.toList();
		assertThat(answers.stream().map((answer) -> answer.join().statusCode())).containsExactlyElementsOf(
				IntStream.range(0, 60).mapToObj((id) -> List.of(200, 202, 422).get(id % 3)).toList());
		assertThat(this.jdbc.sql("SELECT order_id FROM orders").query(Integer.class).list())
			.containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).mapToObj((id) -> id * 3).toList());
	}

	private static String sample() throws Exception {
		return Files.readString(Path.of("order.json"));
	}

	private CompletableFuture<HttpResponse<String>> post(String body) {
		return http.sendAsync(HttpRequest.newBuilder(this.address).POST(BodyPublishers.ofString(body)).build(),
				BodyHandlers.ofString());
	}

}
