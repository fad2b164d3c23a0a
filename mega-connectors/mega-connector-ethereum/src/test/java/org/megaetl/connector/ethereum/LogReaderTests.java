package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LogReader} with logs and receipts that must not be believed.
 */
class LogReaderTests extends StubChainTestSupport {

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsLogs(boolean isFinal) throws Exception {
		assertThat(logs(reader("data=logs"), isFinal)).isEqualTo(10);
		assertThat(this.second.node().requests()).isEmpty();
		assertThat(this.first.count("eth_getLogs")).isEqualTo(isFinal ? 1 : 10);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void doesNotBelieveThatThereAreNoLogs(boolean isFinal) throws Exception {
		this.first.odd("eth_getLogs", (right) -> List.of());
		assertThat(logs(reader("data=logs"), isFinal)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void asksReceiptsWhetherAFilterReallyFindsNothing(boolean isFinal) throws Exception {
		this.first.odd("eth_getLogs", (right) -> List.of());
		assertThat(logs(reader("data=logs", "addresses=" + StubChain.CONTRACT), isFinal)).isEqualTo(10);
		assertThat(this.first.count("eth_getBlockReceipts")).isPositive();
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void believesThatAFilterFindsNothingWhereTheBloomFilterAgrees() throws Exception {
		assertThat(logs(reader("data=logs", "addresses=0x" + "dd".repeat(20)), false)).isZero();
		assertThat(this.first.count("eth_getBlockReceipts")).isZero();
	}

	@Test
	void doesNotCheckBloomFiltersThatAChainDoesNotFill() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "logsBloom", "0x" + "00".repeat(256)));
		assertThat(logs(reader("data=logs", "verify-bloom=false"), false)).isEqualTo(10);
	}

	@Test
	void doesNotBelieveLogsOfAnotherBlock() throws Exception {
		this.first.odd("eth_getLogs", (right) -> List.of(StubChain.log(3)));
		assertThat(logs(reader("data=logs"), false)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void doesNotBelieveThatALogIsThereTwice(boolean isFinal) throws Exception {
		this.first.odd("eth_getLogs", (right) -> {
			List<Object> twice = new ArrayList<>((List<?>) right);
			twice.addAll((List<?>) right);
			return twice;
		});
		assertThat(logs(reader("data=logs"), isFinal)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void doesNotBelieveLogsThatWereTakenBack(boolean isFinal) throws Exception {
		this.first.odd("eth_getLogs",
				(right) -> ((List<?>) right).stream().map((log) -> with(log, "removed", true)).toList());
		assertThat(logs(reader("data=logs"), isFinal)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void readsABlockWithTooManyLogsFromItsReceipts() throws Exception {
		Failure limit = new Failure(-32005, "query returned more than 10000 results");
		this.first.odd("eth_getLogs", (right) -> limit);
		assertThat(logs(reader("data=logs"), true)).isEqualTo(10);
		assertThat(this.first.count("eth_getBlockReceipts")).isEqualTo(10);
		assertThat(this.second.node().requests()).isEmpty();
	}

	@Test
	void readsOnlyTheOneBlockWithTooManyLogsFromItsReceipts() throws Exception {
		this.first.odd("eth_getLogs", (right) -> right.toString().contains(StubChain.hash(5))
				? new Failure(-32005, "query returned more than 10000 results") : right);
		List<BlockData> blocks = reader("data=logs").read(0, 9, true);
		assertThat(blocks).hasSize(10).allSatisfy((block) -> assertThat(block.items()).hasSize(1));
		assertThat(this.first.count("eth_getBlockReceipts")).isEqualTo(1);
		assertThat(this.second.node().requests()).isEmpty();
	}

	@Test
	void readsReceiptsOneByOneWhereANodeHasNoOtherMethod() throws Exception {
		this.first.odd("eth_getBlockReceipts", (right) -> new Failure(-32601, "method not found"));
		List<BlockData> blocks = reader("include-receipts=true").read(0, 9, false);
		assertThat(blocks).allSatisfy((block) -> assertThat(block.receipts()).hasSize(1));
		assertThat(this.first.count("eth_getTransactionReceipt")).isEqualTo(10);
	}

	@Test
	void readsReceiptsOneByOneWhereTheyAreTooManyAtOnce() throws Exception {
		this.first.odd("eth_getBlockReceipts", (right) -> new Failure(-32000, "response size exceeded"));
		assertThat(reader("include-receipts=true").read(0, 9, false))
			.allSatisfy((block) -> assertThat(block.receipts()).hasSize(1));
		assertThat(this.first.count("eth_getTransactionReceipt")).isEqualTo(10);
	}

	@Test
	void doesNotBelieveARangeThatIsCutOff() throws Exception {
		this.first.odd("eth_getLogs", (right) -> ((List<?>) right).subList(0, 3));
		assertThat(logs(reader("data=logs", "addresses=" + StubChain.CONTRACT), true)).isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void looksAtTheBlockWhoseBloomFilterIsTheLeastLikelyToContainAnAddressByChance() throws Exception {
		this.first.odd("eth_getLogs", (right) -> ((List<?>) right).subList(0, 1));
		this.first.odd("eth_getBlockByNumber", (right) -> isBlock(right, 4) ? right : crowded(right));
		this.first.odd("eth_getBlockReceipts", (right) -> isOf(right, 4) ? right : List.of(otherReceipt(right)));
		assertThat(logs(reader("data=logs", "addresses=" + StubChain.CONTRACT, "topics[0]=" + StubChain.TOPIC), true))
			.isEqualTo(10);
		assertThat(this.second.node().requests()).isNotEmpty();
	}

	@Test
	void looksAtFewBlocksOfARangeWhereLogsAreRare() throws Exception {
		this.first.odd("eth_getLogs", (right) -> List.of());
		this.first.odd("eth_getBlockByNumber", LogReaderTests::crowded);
		this.first.odd("eth_getBlockReceipts", (right) -> List.of(otherReceipt(right)));
		ChainReader reader = reader("data=logs", "addresses=" + StubChain.CONTRACT, "topics[0]=" + StubChain.TOPIC);
		assertThat(logs(reader, true)).isZero();
		assertThat(this.first.count("eth_getBlockReceipts")).isBetween(1L, 4L);
		assertThat(this.second.node().requests()).isEmpty();
		assertThat(logs(reader, false)).isZero();
		assertThat(this.first.count("eth_getBlockReceipts")).as("of each block that is not final")
			.isGreaterThanOrEqualTo(11);
	}

	@ParameterizedTest
	@ValueSource(strings = { "35 | method is not available on freetier", "-32001 | rpc method is not whitelisted",
			"-32000 | the backend is not amused" })
	void looksAtReceiptsOneByOneWhereTheyAreNotGivenAtOnceInWhateverWords(String error) throws Exception {
		this.first.odd("eth_getLogs", (right) -> ((List<?>) right).subList(9, 10));
		this.first.odd("eth_getBlockByNumber", (right) -> isBlock(right, 9) ? right : crowded(right));
		this.first.odd("eth_getBlockReceipts", (right) -> failure(error));
		this.first.odd("eth_getTransactionReceipt", (right) -> with(right, "logs", otherLogs(0)));
		ChainReader reader = reader(List.of(this.first.node().url()), Duration.ofSeconds(20), "data=logs",
				"addresses=" + StubChain.CONTRACT, "topics[0]=" + StubChain.TOPIC);
		assertThat(logs(reader, true)).isEqualTo(1);
		assertThat(this.first.count("eth_getTransactionReceipt")).isBetween(1L, 4L);
	}

	@Test
	void saysWhatToSetWhereReceiptsAreNotGivenAtAll() {
		this.first.odd("eth_getLogs", (right) -> List.of());
		this.first.odd("eth_getBlockReceipts", (right) -> failure("35 | method is not available on freetier"));
		this.first.odd("eth_getTransactionReceipt", (right) -> failure("35 | method is not available on freetier"));
		ChainReader reader = reader(List.of(this.first.node().url()), Duration.ofSeconds(20), "data=logs",
				"addresses=" + StubChain.CONTRACT);
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> logs(reader, true))
			.withMessageContaining("not available on freetier")
			.withMessageContaining("set verify-bloom to false");
	}

	@ParameterizedTest
	@ValueSource(strings = { "data=logs", "include-receipts=true" })
	void saysWhatToSetWhereBloomFiltersDoNotCoverAllLogs(String properties) {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "logsBloom", "0x" + "00".repeat(256)));
		ChainReader reader = reader(List.of(this.first.node().url()), Duration.ofSeconds(20), properties);
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> logs(reader, true))
			.withMessageContaining("set verify-bloom to false");
	}

	/**
	 * Returns a block whose bloom filter contains the contract and the topic, but not of
	 * one log.
	 */
	private static Object crowded(Object block) {
		return with(block, "logsBloom", StubChain.bloom(otherLogs(0)));
	}

	private static List<Map<String, Object>> otherLogs(int block) {
		Map<String, Object> otherTopic = StubChain.log(block);
		otherTopic.put("topics", List.of("0x" + "88".repeat(32)));
		Map<String, Object> otherContract = StubChain.log(block);
		otherContract.put("address", "0x" + "dd".repeat(20));
		otherContract.put("logIndex", "0x1");
		return List.of(otherTopic, otherContract);
	}

	private static Object otherReceipt(Object receipts) {
		Object receipt = ((List<?>) receipts).get(0);
		return with(receipt, "logs", otherLogs(0));
	}

	private static boolean isBlock(Object block, int number) {
		return ((Map<?, ?>) block).get("number").equals(Hex.quantity(number));
	}

	private static boolean isOf(Object receipts, int block) {
		return ((Map<?, ?>) ((List<?>) receipts).get(0)).get("blockHash").equals(StubChain.hash(block));
	}

}
