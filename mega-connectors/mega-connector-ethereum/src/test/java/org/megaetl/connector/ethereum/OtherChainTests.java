package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.test.Anvil;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Endpoints that are of another chain than the one that was followed first.
 */
class OtherChainTests extends ChainTestSupport {

	@Test
	void followsNoOtherChain() {
		ConfigurableApplicationContext first = application();
		this.notes.mineEach("a");
		awaitWhatTheChainHas();
		first.close();
		try (Anvil other = Anvil.start("--chain-id", "5")) {
			new Notes(other).mineEach("b");
			Pipeline pipeline = pipeline(application("endpoints=" + other.url()));
			await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.FAILED);
			assertThat(pipeline.status().reason()).contains("is of chain 5 with genesis ")
				.contains("not of chain 31337 with genesis " + this.node.hash(0));
			assertThat(texts()).doesNotContain("b");
		}
	}

	@Test
	void followsAnotherChainOnceItsStateIsDeleted() {
		ConfigurableApplicationContext first = application();
		this.notes.mineEach("a", "b", "c");
		awaitWhatTheChainHas();
		first.close();
		// what DELETE /actuator/megapositions does
		database().execute("DELETE FROM mega_checkpoint", "DELETE FROM note");
		try (Anvil other = Anvil.start("--chain-id", "5")) {
			new Notes(other).mineEach("x");
			application("endpoints=" + other.url());
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("x"));
			assertThat(this.jdbc.sql("SELECT DISTINCT chain_id FROM mega_ethereum_chain").query(String.class).list())
				.containsExactly("5");
			assertThat(this.jdbc.sql("SELECT MAX(`number`) FROM mega_ethereum_block").query(Long.class).single())
				.isEqualTo(other.head());
		}
	}

	@Test
	void readsElsewhereWhatCannotBeRead() {
		try (StubChain odd = new StubChain(); StubChain right = new StubChain()) {
			odd.transaction(4, Map.of("nonce", "0xnone"));
			application("endpoints[0]=" + odd.node().url(), "endpoints[1]=" + right.node().url(), "data=transactions",
					"events=", "transformer=statuses", "reorg-tables=transaction_status");
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(position()).startsWith("10@"));
		}
	}

	@Test
	void pausesNoLongerForFailuresBetweenWhichBlocksWereWritten() {
		try (StubChain odd = new StubChain()) {
			Set<Object> failed = ConcurrentHashMap.newKeySet();
			odd.odd("eth_getBlockReceipts",
					(right) -> failed.add(right) ? new Failure(-32603, "internal error") : right);
			application("endpoints=" + odd.node().url(), "data=transactions", "events=", "transformer=statuses",
					"reorg-tables=transaction_status", "include-receipts=true", "max-range=1", "read-ahead=1");
			await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(position()).startsWith("10@"));
		}
	}

	@Test
	void usesTheEndpointThatIsOfTheChain() {
		try (Anvil other = Anvil.start("--chain-id", "5")) {
			application("endpoints[0]=" + this.node.url(), "endpoints[1]=" + other.url());
			this.notes.mineEach("a");
			awaitWhatTheChainHas();
		}
	}

	@Test
	void refusesAChainThatIsNotTheConfiguredOne() {
		Pipeline pipeline = pipeline(application("chain-id=1"));
		await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.FAILED);
		assertThat(pipeline.status().reason()).contains("chain 31337").contains("'chain-id' is 1");
	}

	@Test
	void retriesWhileNoEndpointAnswers() {
		Pipeline pipeline = pipeline(application());
		this.notes.mineEach("a");
		awaitWhatTheChainHas();
		this.node.close();
		await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.RETRYING);
		assertThat(pipeline.status().reason()).startsWith("the source is not available: 127.0.0.1:");
	}

}
