package org.megaetl.connector.ethereum;

import java.util.List;

import org.junit.jupiter.api.Test;
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
