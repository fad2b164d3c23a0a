package org.megaetl.connector.ethereum;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PendingReader}.
 */
class PendingReaderTests extends StubChainTestSupport {

	private static final Cursor START = new Cursor(0, null);

	@Test
	void saysWhatIsPending() throws Exception {
		PendingBlock block = Objects.requireNonNull(reader("min-value=1").pendingBlock(START));
		assertThat(block.number()).isEqualTo(9);
		assertThat(block.transactions()).hasSize(1);
		assertThat(Objects.requireNonNull(reader("min-value=2").pendingBlock(START)).transactions()).isEmpty();
		assertThat(block.follows(new Cursor(9, StubChain.hash(8)), true)).isTrue();
		assertThat(block.follows(new Cursor(9, StubChain.hash(77)), true)).as("another branch").isFalse();
		assertThat(block.follows(new Cursor(10, StubChain.hash(9)), true)).as("lags behind").isFalse();
		assertThat(block.follows(new Cursor(8, StubChain.hash(7)), true)).as("a block comes first").isFalse();
		assertThat(block.follows(new Cursor(8, StubChain.hash(7)), false)).isTrue();
		assertThat(block.follows(new Cursor(10, StubChain.hash(9)), false)).as("lags behind").isFalse();
	}

	@Test
	void takesWhatIsPendingTwiceInABlockOnce() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "transactions",
				Collections.nCopies(2, ((List<?>) ((Map<?, ?>) right).get("transactions")).get(0))));
		PendingBlock block = Objects.requireNonNull(reader().pendingBlock(START));
		assertThat(new PendingTransactions().unknownOf(block)).hasSize(1);
	}

	@Test
	void goesOnWhereAnEndpointDoesNotSayWhatIsPending() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> new Failure(-32000, "pending block is not available"));
		assertThat(reader().pendingBlock(START)).isNull();
		this.first.odd("eth_getBlockByNumber", (right) -> null);
		assertThat(reader().pendingBlock(START)).isNull();
	}

	@Test
	void believesNothingPendingOfAnotherBranchWhereTheHeadIsNotRead() throws Exception {
		ChainReader reader = reader("finality=safe");
		assertThat(reader.pendingBlock(new Cursor(5, StubChain.hash(4)))).isNotNull();
		assertThat(reader.pendingBlock(new Cursor(5, StubChain.hash(77)))).isNull();
	}

}
