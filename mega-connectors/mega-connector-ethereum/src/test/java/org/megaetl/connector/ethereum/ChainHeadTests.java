package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.StubNode.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ChainHead} and {@link HeadWatch}.
 */
class ChainHeadTests extends StubChainTestSupport {

	@Test
	void countsConfirmationsWhereTheChainDoesNotKnowWhatIsFinal() throws Exception {
		this.first.withoutTags();
		this.second.withoutTags();
		Heads heads = reader("data=blocks", "confirmations=4").heads();
		assertThat(heads.latest()).isEqualTo(9);
		assertThat(heads.target()).isEqualTo(5);
		assertThat(heads.targetHash()).isEqualTo(StubChain.hash(5));
		assertThat(heads.finalized()).isEqualTo(-1);
	}

	@Test
	void asksElsewhereWhereAHeadGoesBackwards() throws Exception {
		ChainReader reader = reader("finality=latest");
		assertThat(reader.heads().latest()).isEqualTo(9);
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "number", "0x5"));
		assertThat(reader.heads().latest()).isEqualTo(5);
		assertThat(reader.heads().latest()).isEqualTo(9);
	}

	@Test
	void suspectsAHeadThatGoesBackwardsOrStandsStill() {
		HeadWatch watch = new HeadWatch();
		long minute = Duration.ofMinutes(1).toNanos();
		assertThat(watch.isSuspect(5, 0)).isFalse();
		assertThat(watch.isSuspect(5, minute / 2)).isFalse();
		assertThat(watch.isSuspect(4, minute / 2)).isTrue();
		assertThat(watch.isSuspect(5, 2 * minute)).isTrue();
		assertThat(watch.isSuspect(5, 2 * minute + 1)).as("asked elsewhere just now").isFalse();
		assertThat(watch.isSuspect(6, 4 * minute)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-39001 | Unknown block", "-32000 | finalized block not found" })
	void readsNoMoreThanWhatIsFinalOnceTheChainHasSaidWhatThatIs(String error) throws Exception {
		ChainReader reader = reader("data=blocks", "confirmations=4");
		assertThat(reader.heads().target()).isEqualTo(9);
		AtomicInteger calls = new AtomicInteger();
		this.first.odd("eth_getBlockByNumber", (right) -> (calls.incrementAndGet() == 2) ? failure(error) : right);
		assertThat(reader.heads().finalized()).isEqualTo(9);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void readsWhatIsFinalThoughOneEndpointDoesNotKnowIt() throws Exception {
		this.first.withoutTags();
		Heads heads = reader("data=blocks", "confirmations=4").heads();
		assertThat(heads.target()).isEqualTo(9);
		assertThat(heads.finalized()).isEqualTo(9);
	}

	@Test
	void readsNothingWhileAnEndpointMayKnowWhatIsFinal() throws Exception {
		this.first.withoutTags();
		this.second.node().answer((request) -> Answer.status(503, ""));
		ChainReader reader = reader("data=blocks", "confirmations=4");
		assertThatExceptionOfType(EndpointException.class).isThrownBy(reader::heads)
			.withMessageContaining(
					"it does not say which blocks are finalized; set 'finality: confirmations', or remove")
			.withMessageContaining("HTTP status 503");
		assertThat(reader("finality=confirmations", "confirmations=4").heads().target()).isEqualTo(5);
	}

	@Test
	void countsConfirmationsWhereTheChainKnowsWhatIsFinalButNotWhatIsSafe() throws Exception {
		this.first.withTags("finalized");
		this.second.withTags("finalized");
		ChainReader reader = reader("data=blocks", "finality=safe", "confirmations=4");
		for (int i = 0; i < 2; i++) {
			assertThat(reader.heads().target()).isEqualTo(5);
			assertThat(reader.heads().finalized()).isEqualTo(9);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void countsConfirmationsWhereNobodyKnowsWhatIsSafeAndOneEndpointWhatIsFinal(boolean isFirst) throws Exception {
		(isFirst ? this.first : this.second).withTags("finalized");
		(isFirst ? this.second : this.first).withoutTags();
		ChainReader reader = reader("data=blocks", "finality=safe", "confirmations=4");
		for (int i = 0; i < 3; i++) {
			assertThat(reader.heads().target()).isEqualTo(5);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "latest", "confirmations" })
	void takesNothingForFinalWhereThatIsNotReadAndTheEndpointThatKnowsItIsDown(String finality) throws Exception {
		this.second.withoutTags();
		ChainReader reader = reader("data=blocks", "finality=" + finality, "confirmations=4");
		assertThat(reader.heads().finalized()).isEqualTo(9);
		this.first.node().answer((request) -> Answer.status(503, ""));
		Heads heads = reader.heads();
		assertThat(heads.latest()).isEqualTo(9);
		assertThat(heads.finalized()).isEqualTo(-1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-32000 | out of memory", "-32603 | failed to fetch finalized block: upstream error",
			"-32603 | unknown upstream error" })
	void takesNoOtherFailureForAChainThatDoesNotKnowWhatIsFinal(String error) throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.first.odd("eth_getBlockByNumber", (right) -> (calls.incrementAndGet() == 2) ? failure(error) : right);
		this.second.withoutTags();
		ChainReader reader = reader("data=blocks", "confirmations=4");
		assertThatExceptionOfType(EndpointException.class).isThrownBy(reader::heads);
		assertThat(reader.heads().finalized()).isEqualTo(9);
	}

	@Test
	void takesNothingForFinalFromAnEndpointThatIsOnAnotherBranch() throws Exception {
		ChainReader reader = reader("data=blocks");
		assertThat(reader.heads().finalized()).isEqualTo(9);
		this.first.odd("eth_getBlockByNumber", (right) -> null);
		this.second.odd("eth_getBlockByNumber", (right) -> {
			int number = Integer.decode(String.valueOf(((Map<?, ?>) right).get("number")));
			return with(with(right, "hash", StubChain.hash(100 + number)), "parentHash", StubChain.hash(99 + number));
		});
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> reader.read(0, 5, true))
			.withMessageContaining("another block 9");
	}

}
