package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Test;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.test.ApplicationProcess;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Several instances of one application.
 */
class ReplicaTests extends ChainTestSupport {

	@Test
	void anotherInstanceTakesOverFromALeaderThatIsKilled() {
		ApplicationProcess leader = process("leader");
		this.notes.mineEach("a", "b");
		awaitWhatTheChainHas();
		ConfigurableApplicationContext standby = application();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(pipeline(standby).source().details()).containsEntry("role", "standby"));
		this.notes.mineEach("c");
		awaitWhatTheChainHas();
		leader.kill();
		this.notes.mineEach("d", "e");
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "b", "c", "d", "e");
		assertThat(pipeline(standby).source().details()).containsEntry("role", "leader");
	}

	@Test
	void aStandbyRunsAgainAfterTheDatabaseWasAway() {
		ConfigurableApplicationContext leader = application("lease-duration=60s");
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(pipeline(leader).source().details()).containsEntry("role", "leader"));
		ConfigurableApplicationContext standby = application();
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(pipeline(standby).source().details()).containsEntry("role", "standby"));
		database().execute("RENAME TABLE mega_ethereum_chain TO chain_away");
		try {
			await()
				.untilAsserted(() -> assertThat(pipeline(standby).status().state()).isEqualTo(PipelineState.RETRYING));
		}
		finally {
			database().execute("RENAME TABLE chain_away TO mega_ethereum_chain");
		}
		await().untilAsserted(() -> assertThat(pipeline(standby).status().state()).isEqualTo(PipelineState.RUNNING));
		assertThat(pipeline(standby).source().details()).containsEntry("role", "standby");
	}

	@Test
	void instancesDoNotTakeTurnsWhereReadingTakesLongerThanTheLease() {
		try (StubChain slow = new StubChain()) {
			// ten blocks take two leases
			slow.odd("eth_getBlockByNumber", (right) -> {
				LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
				return right;
			});
			String[] properties = { "endpoints=" + slow.node().url(), "data=transactions", "events=",
					"transformer=statuses", "reorg-tables=transaction_status", "lease-duration=3s" };
			application(properties);
			application(properties);
			await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(position()).startsWith("10@"));
			assertThat(this.jdbc.sql("SELECT COUNT(*) FROM transaction_status").query(Integer.class).single())
				.isEqualTo(10);
		}
	}

	@Test
	void instancesDoNotTakeTurnsWhereAllThatIsRememberedIsMoreThanCanBeAskedForInALease() {
		this.node.mine(20);
		this.notes.mineEach("a", "b");
		String[] properties = { "endpoints[0].url=" + this.node.url(), "endpoints[0].requests-per-second=2",
				"start=" + (this.node.head() - 12), "lease-duration=6s" };
		application(properties);
		awaitWhatTheChainHas();
		application(properties);
		this.node.rollback(8);
		this.notes.mineEach("x", "y");
		this.node.mine(7);
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("x", "y");
	}

	@Test
	void aLeaderThatWasFrozenWritesNothingMore() {
		ApplicationProcess frozen = process("frozen");
		this.notes.mineEach("a", "b");
		awaitWhatTheChainHas();
		frozen.freeze();
		ConfigurableApplicationContext other = application();
		this.notes.mineEach("c", "d");
		awaitWhatTheChainHas();
		frozen.resume();
		this.notes.mineEach("e", "f");
		awaitWhatTheChainHas();
		other.close();
		this.notes.mineEach("g");
		awaitWhatTheChainHas();
		assertThat(texts()).isEqualTo(List.of("a", "b", "c", "d", "e", "f", "g"));
		assertThat(frozen.isAlive()).isTrue();
	}

}
