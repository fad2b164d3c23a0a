package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.megaetl.test.ApplicationProcess;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Transactions of a real node that wait for a block.
 */
class PendingTests extends ChainTestSupport {

	private static final String[] PENDING = { "pending=true", "data=transactions", "events=", "transformer=statuses",
			"reorg-tables=transaction_status", "start=latest" };

	@Test
	void aPendingTransactionIsConfirmed() {
		application(PENDING);
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String hash = send(1, "0x1");
		awaitStatuses(hash, "pending");
		this.node.mine(1);
		awaitStatuses(hash, "pending", "confirmed");
		this.node.mine(2);
		awaitStatuses(hash, "pending", "confirmed");
		assertThat(remembered()).isZero();
		assertThat(this.jdbc.sql("SELECT block_hash FROM transaction_status WHERE status = 'confirmed'")
			.query(String.class)
			.single()).isEqualTo(this.node.hash(2));
	}

	@Test
	void aReplacedTransactionIsDroppedWithTheBlockOfTheOther() {
		application(PENDING);
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String replaced = send(1, "0x1");
		awaitStatuses(replaced, "pending");
		String other = send(1, "0x2", "gasPrice", "0x2540be400");
		awaitStatuses(other, "pending");
		this.node.mine(1);
		awaitStatuses(replaced, "pending", "dropped");
		awaitStatuses(other, "pending", "confirmed");
		assertThat(remembered()).isZero();
	}

	@Test
	void aTransactionThatTheNodeForgetsIsDropped() {
		application(with("pending-timeout=500ms"));
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String hash = send(1, "0x1");
		awaitStatuses(hash, "pending");
		this.node.call("anvil_dropTransaction", hash);
		awaitStatuses(hash, "pending", "dropped");
		assertThat(remembered()).isZero();
	}

	@Test
	void aTransactionIsNotDroppedThatIsMinedButNotFinal() {
		application(with("pending-timeout=100ms", "finality=confirmations", "confirmations=3"));
		this.node.mine(5);
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String hash = send(1, "0x1");
		awaitStatuses(hash, "pending");
		this.node.mine(2);
		await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> statuses(hash).equals(List.of("pending")));
		this.node.mine(2);
		awaitStatuses(hash, "pending", "confirmed");
	}

	@Test
	void whatWasPendingBeforeAnInstanceDiedIsNotPendingAgain() {
		ApplicationProcess first = process("first", PENDING);
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String confirmed = send(1, "0x1");
		String waiting = send(2, "0x1");
		awaitStatuses(waiting, "pending");
		first.kill();
		ConfigurableApplicationContext second = application(PENDING);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(pipeline(second).source().details()).containsEntry("role", "leader"));
		String another = send(3, "0x1");
		awaitStatuses(another, "pending");
		awaitStatuses(waiting, "pending");
		second.close();
		this.node.mine(1);
		application(PENDING);
		for (String hash : List.of(confirmed, waiting, another)) {
			awaitStatuses(hash, "pending", "confirmed");
		}
	}

	@Test
	void aTransactionThatComesBackWithAReorganizationIsPendingAgain() {
		application(PENDING);
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String hash = send(1, "0x1");
		this.node.mine(1);
		await().atMost(PATIENCE).until(() -> statuses(hash).contains("confirmed"));
		this.node.rollback(1);
		this.node.mine(1);
		await().atMost(PATIENCE).until(() -> !statuses(hash).contains("confirmed"));
		assertThat(send(1, "0x1")).isEqualTo(hash);
		await().atMost(PATIENCE).until(() -> !statuses(hash).isEmpty());
		this.node.mine(1);
		await().atMost(PATIENCE)
			.untilAsserted(
					() -> assertThat(statuses(hash)).endsWith("pending", "confirmed").containsOnlyOnce("confirmed"));
	}

	@Test
	void pendingTransactionsPassTheFilters() {
		application(with("min-value=1"));
		await().atMost(PATIENCE).until(() -> !position().isEmpty());
		String little = send(1, "0x1");
		String much = send(2, "0xde0b6b3a7640000");
		awaitStatuses(much, "pending");
		this.node.mine(1);
		awaitStatuses(much, "pending", "confirmed");
		assertThat(statuses(little)).isEmpty();
	}

	private static String[] with(String... more) {
		Map<String, String> all = new LinkedHashMap<>();
		for (String[] properties : List.of(PENDING, more)) {
			for (String property : properties) {
				all.put(property.substring(0, property.indexOf('=')), property);
			}
		}
		return all.values().toArray(String[]::new);
	}

	private String send(int nonce, String value, String... fields) {
		Map<String, String> transaction = new LinkedHashMap<>(Map.of("to", "0x" + "22".repeat(20), "value", value,
				"nonce", "0x" + nonce, "gas", "0x5208", "gasPrice", "0x12a05f200"));
		for (int i = 0; i < fields.length; i += 2) {
			transaction.put(fields[i], fields[i + 1]);
		}
		return this.node.send(List.of(transaction)).get(0);
	}

	private void awaitStatuses(String hash, String... statuses) {
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(statuses(hash)).containsExactly(statuses));
	}

	private List<String> statuses(String hash) {
		return this.jdbc.sql("SELECT status FROM transaction_status WHERE hash = ? ORDER BY arrival")
			.param(hash)
			.query(String.class)
			.list();
	}

	private int remembered() {
		return this.jdbc.sql("SELECT COUNT(*) FROM mega_ethereum_pending").query(Integer.class).single();
	}

}
