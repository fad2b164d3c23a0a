package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.AddressCase;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.rpc.EndpointException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BlockReader} with blocks that must not be believed.
 */
class BlockReaderTests extends StubChainTestSupport {

	@Test
	void doesNotBelieveABlockThatIsNoChild() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "parentHash", StubChain.hash(77)));
		assertThat(logs(reader("data=logs"), false)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void asksElsewhereForABlockThatAnEndpointDoesNotHaveYet() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "number", "0x9").equals(right) ? null : right);
		assertThat(logs(reader("data=logs"), false)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void doesNotBelieveWhatIsNoBlock() {
		this.first.odd("eth_getBlockByNumber", (right) -> Map.of("number", "12"));
		this.second.odd("eth_getBlockByNumber", (right) -> List.of());
		ChainReader reader = reader("data=blocks");
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> reader.read(0, 9, true));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x-5", "0x+5", "0xffffffffffffffffff", "0x", "5" })
	void doesNotBelieveWhatIsNoQuantity(String timestamp) throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "timestamp", timestamp));
		assertThat(items(reader("data=blocks"))).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void doesNotBelieveThatThereAreFewerReceiptsThanTransactions() throws Exception {
		this.first.odd("eth_getBlockReceipts", (right) -> List.of());
		ChainReader reader = reader("include-receipts=true", "verify-bloom=false");
		assertThat(reader.read(0, 9, false)).allSatisfy((block) -> assertThat(block.receipts()).hasSize(1));
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void doesNotBelieveThatABlockHasNoTransactionsIfItsRootSaysOtherwise() throws Exception {
		String root = "0x" + "77".repeat(32);
		this.first.odd("eth_getBlockByNumber",
				(right) -> with(with(right, "transactions", List.of()), "transactionsRoot", root));
		this.second.odd("eth_getBlockByNumber", (right) -> with(right, "transactionsRoot", root));
		assertThat(items(reader())).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { BlockReader.NO_TRANSACTIONS,
			"0x0000000000000000000000000000000000000000000000000000000000000000" })
	void believesThatABlockHasNoTransactions(String root) throws Exception {
		this.first.odd("eth_getBlockByNumber",
				(right) -> with(with(right, "transactions", List.of()), "transactionsRoot", root));
		assertThat(items(reader())).isZero();
		assertThat(this.second.node().requests()).isEmpty();
	}

	@Test
	void doesNotBelieveABlockWithoutItsTransactions() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "transactions", "none"));
		assertThat(items(reader())).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void filtersTransactions() throws Exception {
		this.first.transaction(4, Map.of("value", "0x0"));
		this.first.transaction(5, Map.of("to", "0x" + "EE".repeat(20)));
		assertThat(items(reader("min-value=1"))).isEqualTo(9);
		assertThat(items(reader("min-value=1.000000000000000001"))).isZero();
		assertThat(items(reader("to=0x" + "ee".repeat(20)))).isEqualTo(1);
		assertThat(items(reader("from=0x" + "ee".repeat(20)))).isZero();
	}

	@Test
	void takesTransactionsOfAllTypes() throws Exception {
		String max = "0x" + "f".repeat(64);
		this.first.transaction(0, Map.of("type", "", "gasPrice", "0x1"));
		this.first.transaction(1, Map.of("type", "0x7e", "to", "", "value", max));
		List<Transaction> transactions = new ArrayList<>();
		EventFactory factory = new EventFactory("test", Data.TRANSACTIONS, AddressCase.CHECKSUM,
				new LogDecoder(List.of()));
		for (BlockData block : reader().read(0, 1, false)) {
			factory.events(block, "1").forEach((event) -> transactions.add(Transaction.of(event)));
		}
		assertThat(transactions.get(0).type()).isZero();
		assertThat(transactions.get(0).ether()).isEqualByComparingTo("1");
		assertThat(transactions.get(0).to()).isEqualToIgnoringCase(StubChain.CONTRACT).isNotEqualTo(StubChain.CONTRACT);
		assertThat(transactions.get(1).type()).isEqualTo(0x7e);
		assertThat(transactions.get(1).to()).isNull();
		assertThat(transactions.get(1).value()).isEqualTo(Uint256.fromBytes(Hex.bytes(max)));
	}

	@Test
	void keepsNoBlocksWhereLogsAreRead() throws Exception {
		assertThat(reader("data=logs").read(0, 9, true))
			.allSatisfy((block) -> assertThat(block.block().isMissingNode()).isTrue());
	}

}
