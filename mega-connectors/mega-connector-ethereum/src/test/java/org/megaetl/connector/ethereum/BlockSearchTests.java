package org.megaetl.connector.ethereum;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.PrunedHistoryException;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BlockSearch}.
 */
class BlockSearchTests extends StubChainTestSupport {

	@Test
	void findsTheFirstBlockSinceATime() throws Exception {
		ChainReader reader = reader("data=blocks");
		assertThat(reader.firstBlockSince(0)).isZero();
		assertThat(reader.firstBlockSince(1004)).isEqualTo(4);
		assertThat(reader.firstBlockSince(5000)).isEqualTo(10);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void findsTheFirstBlockSinceATimeWhereOldBlocksAreNotKept(boolean saysSo) throws Exception {
		for (StubChain chain : List.of(this.first, this.second)) {
			chain.odd("eth_getBlockByNumber",
					(right) -> (right instanceof Map<?, ?> block
							&& List.of("0x1", "0x2", "0x3", "0x4", "0x5").contains(block.get("number")))
									? (saysSo ? new Failure(4444, "pruned history unavailable") : null) : right);
		}
		ChainReader reader = reader("data=blocks");
		assertThat(reader.firstBlockSince(1007)).isEqualTo(7);
		assertThat(reader.firstBlockSince(1006)).isEqualTo(6);
		assertThat(reader.firstBlockSince(5000)).isEqualTo(10);
		for (long time : new long[] { 1005, 1001, 0 }) {
			assertThatExceptionOfType(saysSo ? PrunedHistoryException.class : EndpointException.class)
				.isThrownBy(() -> reader.firstBlockSince(time));
		}
	}

	@Test
	void asksAgainForTheFirstBlockSinceATimeWhereTheNewestIsNotThereYet() throws Exception {
		for (StubChain chain : List.of(this.first, this.second)) {
			AtomicBoolean named = new AtomicBoolean();
			chain.odd("eth_getBlockByNumber", (right) -> (right instanceof Map<?, ?> block
					&& "0x9".equals(block.get("number")) && named.getAndSet(true)) ? null : right);
		}
		ChainReader reader = reader("data=blocks");
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> reader.firstBlockSince(1009))
			.withMessageContaining("block 9");
	}

}
