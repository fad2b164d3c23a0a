package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.test.Anvil;
import org.megaetl.test.ApplicationProcess;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * From the beginning of a chain to its head, which moves meanwhile.
 */
class BackfillTests extends ChainTestSupport {

	@Override
	Anvil startNode() {
		return Anvil.start("--slots-in-an-epoch", "4");
	}

	@Test
	void handsOverFromWhatIsFinalToTheHeadWithoutGapAndOverlap() {
		for (int i = 0; i < 20; i++) {
			this.notes.mine(IntStream.range(0, 120).mapToObj((number) -> "note " + number).toList());
			this.node.mine(10);
		}
		ApplicationProcess first = process("first", "batch-size=50", "max-range=7");
		await().atMost(PATIENCE).until(() -> rows().size() > 100);
		this.notes.mineEach("tail 1", "tail 2");
		first.kill();
		application("batch-size=50", "max-range=7");
		this.notes.mineEach("tail 3", "tail 4");
		this.node.rollback(2);
		this.notes.mineEach("tail 5", "tail 6", "tail 7");
		awaitWhatTheChainHas();
		assertThat(rows()).hasSize(20 * 120 + 5);
	}

	@Test
	void measuresItsProgress() {
		this.notes.mineEach("a", "b");
		ConfigurableApplicationContext application = application();
		awaitWhatTheChainHas();
		MeterRegistry meters = application.getBean(MeterRegistry.class);
		long blocks = this.node.head() + 1;
		// all of it is noted after the commit
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(meters.get("mega.ethereum.blocks").tag("pipeline", "ethereum.notes").functionCounter().count())
				.isEqualTo(blocks);
			assertThat(meters.get("mega.ethereum.time.left").timeGauge().value(TimeUnit.SECONDS)).isZero();
			assertThat(meters.get("mega.ethereum.blocks.rate").gauge().value()).isNotNegative();
			assertThat(meters.get("mega.lag").gauge().value()).isZero();
		});
		this.node.rollback(1);
		this.notes.mineEach("x", "y");
		awaitWhatTheChainHas();
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(meters.get("mega.ethereum.reorganizations").functionCounter().count()).isEqualTo(1);
			assertThat(pipeline(application).source().details()).containsEntry("blocksDone", blocks + 2);
		});
	}

	@Test
	void readsAgainFromWhereTheIdleChainWasSetBackToWhilePaused() {
		ConfigurableApplicationContext application = application();
		Pipeline pipeline = pipeline(application);
		this.notes.mineEach("a", "b", "c");
		awaitWhatTheChainHas();
		pipeline.pause();
		application.getBean(PipelinePositions.class)
			.reset(pipeline.name(), ChainFollower.PART, String.valueOf(this.node.head() - 1));
		pipeline.resume();
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("a", "b", "c", "b", "c"));
	}

	@Test
	void startsAtATime() {
		this.notes.mineEach("old");
		this.node.call("evm_increaseTime", 3600);
		this.notes.mineEach("new 1", "new 2");
		String time = this.node.call("eth_getBlockByNumber", "latest", false).get("timestamp").asString();
		application("start=" + Instant.ofEpochSecond(Long.decode(time) - 60));
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("new 1", "new 2"));
	}

	@Test
	void startsBehindTheHead() {
		this.notes.mineEach("old");
		application("start=latest");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(position()).isNotEmpty());
		this.notes.mineEach("new");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("new"));
	}

	@Test
	void waitsForConfirmations() {
		application("finality=confirmations", "confirmations=2");
		this.notes.mineEach("a", "b", "c", "d");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("a", "b"));
		this.node.mine(2);
		awaitWhatTheChainHas();
	}

	@Test
	void looksAgainHowFarTheChainCanBeReadWhileItReads() {
		try (StubChain slow = new StubChain()) {
			slow.odd("eth_getBlockReceipts", (right) -> {
				LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
				return right;
			});
			application("endpoints=" + slow.node().url(), "data=transactions", "events=", "transformer=statuses",
					"reorg-tables=transaction_status", "include-receipts=true", "max-range=1", "read-ahead=1",
					"poll-interval=10ms");
			await().atMost(PATIENCE).until(() -> position().startsWith("10@"));
			List<String> calls = slow.node()
				.requests()
				.stream()
				.map((request) -> request.path("method").asString("") + request.path("params").path(0).asString(""))
				.toList();
			assertThat(calls.subList(0, calls.lastIndexOf("eth_getBlockReceipts" + StubChain.hash(9))))
				.filteredOn("eth_getBlockByNumberlatest"::equals)
				.hasSizeGreaterThan(3);
		}
	}

	@Test
	void saysThatAPositionIsNoBlock() {
		ConfigurableApplicationContext first = application();
		this.notes.mineEach("a");
		awaitWhatTheChainHas();
		first.close();
		// what an operator may set through /actuator/megapositions
		database().execute("UPDATE mega_checkpoint SET position = '0x16f' WHERE position <> ''");
		Pipeline pipeline = pipeline(application());
		await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.FAILED);
		assertThat(pipeline.status().reason()).contains("'0x16f'").contains("Set it to the number of the block");
	}

}
