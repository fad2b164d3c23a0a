package org.megaetl.examples.ethereum;

import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.test.Anvil;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Transactions of a real node, and of Blocknative, on a real database.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class EthereumExampleTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final String RECIPIENT = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

	private static Anvil node;

	private final JdbcClient jdbc;

	private final int port;

	EthereumExampleTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.port = port;
	}

	// not where properties are set: without a node the tests are skipped, not failed
	@BeforeAll
	static void startNode() {
		node = Anvil.start();
	}

	@DynamicPropertySource
	static void setProperties(DynamicPropertyRegistry properties) {
		properties.add("ETHEREUM_URL", node::url);
		properties.add("mega.connectors.ethereum.inbound.transactions.start", () -> "earliest");
	}

	@AfterAll
	static void stopNode() {
		if (node != null) {
			node.close();
		}
	}

	@Test
	void writesTransfersAndTakesThemBackWithTheirBlock() {
		node.send(List.of(Map.of("to", RECIPIENT, "value", "0xde0b6b3a7640000"),
				Map.of("to", RECIPIENT, "value", "0x0")));
		node.mine(1);
		long block = node.head();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows()).singleElement().satisfies((row) -> {
			assertThat(row).containsEntry("to_address", RECIPIENT)
				.containsEntry("confirmed", true)
				.containsEntry("block_hash", node.hash(block))
				.containsEntry("gas", new BigInteger("200000"));
			assertThat(row.get("value_eth")).asString().isEqualTo("1.000000000000000000");
			assertThat(row.get("value_usd")).asString().isEqualTo("3000.00");
		}));
		node.rollback(1);
		node.mine(2);
		await().atMost(PATIENCE).until(() -> rows().isEmpty());
	}

	@Test
	void writesTransfersThatWaitForABlock() {
		String recipient = "0x" + "33".repeat(20);
		String hash = node.send(List.of(Map.of("to", recipient, "value", "0x1"))).get(0);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(confirmed(recipient)).containsExactly(false));
		node.mine(1);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(confirmed(recipient)).containsExactly(true));
		assertThat(rowOf(hash)).containsEntry("block_hash", node.hash(node.head()));
		// as the other tests expect it
		node.rollback(1);
		node.mine(2);
		await().atMost(PATIENCE).until(() -> confirmed(recipient).isEmpty());
	}

	private List<Boolean> confirmed(String recipient) {
		return this.jdbc.sql("SELECT confirmed FROM transactions WHERE to_address = ?")
			.param(recipient)
			.query(Boolean.class)
			.list();
	}

	@Test
	void takesWhatBlocknativePosts() throws Exception {
		String pending = Files.readString(Path.of("blocknative.json"));
		String confirmed = pending.replace("pending", "confirmed");
		post(pending);
		assertThat(rowOf("0x7a7b")).containsEntry("confirmed", false);
		post(confirmed);
		post(pending);
		assertThat(rowOf("0x7a7b")).containsEntry("confirmed", true).containsEntry("to_address", "0x" + "2".repeat(40));
		assertThat(rowOf("0x7a7b").get("value_usd")).asString().isEqualTo("4500.00");
		String other = pending.replace("0x7a7b", "0xd00d");
		post(other);
		assertThat(rowOf("0xd00d")).containsEntry("confirmed", false);
		post(other.replace("pending", "dropped"));
		post(pending.replace("pending", "dropped"));
		assertThat(this.jdbc.sql("SELECT hash FROM transactions WHERE hash LIKE '0x7a7b%' OR hash LIKE '0xd00d%'")
			.query(String.class)
			.list()).singleElement().asString().startsWith("0x7a7b");
		post(pending.replace("pending", "failed").replace("0x7a7b", "0xdead"));
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM transactions WHERE hash LIKE '0xdead%'")
			.query(Integer.class)
			.single()).isZero();
	}

	private Map<String, Object> rowOf(String hash) {
		return this.jdbc.sql("SELECT * FROM transactions WHERE hash LIKE ?").param(hash + "%").query().singleRow();
	}

	private List<Map<String, Object>> rows() {
		return this.jdbc.sql("SELECT * FROM transactions WHERE block_hash IS NOT NULL").query().listOfRows();
	}

	private void post(String body) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/"))
			.POST(BodyPublishers.ofString(body))
			.build();
		assertThat(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
	}

}
