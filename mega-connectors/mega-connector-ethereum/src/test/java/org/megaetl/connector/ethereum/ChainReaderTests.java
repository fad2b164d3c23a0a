package org.megaetl.connector.ethereum;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.AddressCase;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.PrunedHistoryException;
import org.megaetl.connector.ethereum.rpc.RateLimit;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ChainReader} and {@link LogReader} with answers that must not be
 * believed.
 */
class ChainReaderTests {

	private static final Cursor START = new Cursor(0, null);

	private final StubChain first = new StubChain();

	private final StubChain second = new StubChain();

	@AfterEach
	void close() {
		this.first.close();
		this.second.close();
	}

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
	void readsElsewhereWhatAnEndpointThatLagsBehindDoesNotHave() throws Exception {
		UnaryOperator<Object> lags = (
				right) -> (right instanceof Map<?, ?> block && Long.decode(String.valueOf(block.get("number"))) > 5)
						? null : right;
		this.first.odd("eth_getBlockByNumber", lags);
		ChainReader reader = reader("data=logs", "finality=latest");
		assertThat(reader.read(0, 5, false)).hasSize(6);
		assertThat(this.second.node().requests()).isEmpty();
		List<BlockData> blocks = reader.read(4, 9, false);
		assertThat(blocks).hasSize(6).allSatisfy((block) -> assertThat(block.items()).hasSize(1));
		assertThat(blocks).extracting((block) -> block.header().hash())
			.containsExactly(StubChain.hash(4), StubChain.hash(5), StubChain.hash(6), StubChain.hash(7),
					StubChain.hash(8), StubChain.hash(9));
		assertThat(reader.heads().latest()).isEqualTo(9);
	}

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
	void shrinksRangesUntilTheyAreAnswered() throws Exception {
		List<Integer> sizes = new ArrayList<>();
		this.first.odd("eth_getLogs", (right) -> {
			int size = ((List<?>) right).size();
			sizes.add(size);
			return (size > 3) ? new Failure(-32000, "block range too large, maximum is " + size) : right;
		});
		assertThat(logs(reader("data=logs"), true)).isEqualTo(10);
		assertThat(sizes).startsWith(10, 5, 2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-32000 | the backend is not amused", "-32002 | request timed out" })
	void shrinksRangesThatAreRefusedInWhateverWords(String error) throws Exception {
		for (StubChain chain : List.of(this.first, this.second)) {
			chain.odd("eth_getLogs", (right) -> (((List<?>) right).size() > 3) ? failure(error) : right);
		}
		ChainReader reader = reader("data=logs");
		await().atMost(Duration.ofSeconds(10))
			.ignoreExceptionsInstanceOf(EndpointException.class)
			.until(() -> logs(reader, true) == 10);
	}

	@Test
	void shrinksRangesThatTakeTooLong() {
		this.first.odd("eth_getLogs", (right) -> {
			LockSupport.parkNanos(Duration.ofMillis((((List<?>) right).size() > 3) ? 2000 : 0).toNanos());
			return right;
		});
		ChainReader reader = reader(List.of(this.first.node().url()), Duration.ofMillis(500), "data=logs");
		await().atMost(Duration.ofSeconds(20))
			.ignoreExceptionsInstanceOf(EndpointException.class)
			.until(() -> logs(reader, true) == 10);
	}

	@Test
	void keepsTheSizeOfRangesWhileThereIsNoConnection() {
		ChainReader reader = reader(List.of(URI.create("http://localhost:1")), Duration.ofSeconds(20), "data=logs");
		int before = reader.rangeSize();
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> logs(reader, true));
		assertThat(reader.rangeSize()).isEqualTo(before);
	}

	@Test
	void readsReceiptsOneByOneWhereANodeHasNoOtherMethod() throws Exception {
		this.first.odd("eth_getBlockReceipts", (right) -> new Failure(-32601, "method not found"));
		List<BlockData> blocks = reader("include-receipts=true").read(0, 9, false);
		assertThat(blocks).allSatisfy((block) -> assertThat(block.receipts()).hasSize(1));
		assertThat(this.first.count("eth_getTransactionReceipt")).isEqualTo(10);
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
	void saysThatHistoryIsPruned() {
		this.first.odd("eth_getBlockByNumber", (right) -> new Failure(4444, "pruned history unavailable"));
		this.second.odd("eth_getBlockByNumber", (right) -> new Failure(4444, "pruned history unavailable"));
		ChainReader reader = reader("data=blocks");
		assertThatExceptionOfType(PrunedHistoryException.class).isThrownBy(() -> reader.read(0, 9, true));
	}

	@Test
	void countsConfirmationsWhereTheChainDoesNotKnowWhatIsFinal() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.first.odd("eth_getBlockByNumber",
				(right) -> (calls.incrementAndGet() == 2) ? new Failure(-39001, "Unknown block") : right);
		Heads heads = reader("data=blocks", "confirmations=4").heads();
		assertThat(heads.latest()).isEqualTo(9);
		assertThat(heads.target()).isEqualTo(5);
		assertThat(heads.targetHash()).isEqualTo(StubChain.hash(5));
		assertThat(heads.finalized()).isEqualTo(-1);
	}

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
	void doesNotBelieveWhatIsNoBlock() {
		this.first.odd("eth_getBlockByNumber", (right) -> Map.of("number", "12"));
		this.second.odd("eth_getBlockByNumber", (right) -> List.of());
		ChainReader reader = reader("data=blocks");
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> reader.read(0, 9, true));
	}

	@Test
	void believesNothingPendingOfAnotherBranchWhereTheHeadIsNotRead() throws Exception {
		ChainReader reader = reader("finality=safe");
		assertThat(reader.pendingBlock(new Cursor(5, StubChain.hash(4)))).isNotNull();
		assertThat(reader.pendingBlock(new Cursor(5, StubChain.hash(77)))).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x-5", "0x+5", "0xffffffffffffffffff", "0x", "5" })
	void doesNotBelieveWhatIsNoQuantity(String timestamp) throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "timestamp", timestamp));
		assertThat(items(reader("data=blocks"))).isEqualTo(10);
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
	void readsReceiptsOneByOneWhereTheyAreTooManyAtOnce() throws Exception {
		this.first.odd("eth_getBlockReceipts", (right) -> new Failure(-32000, "response size exceeded"));
		assertThat(reader("include-receipts=true").read(0, 9, false))
			.allSatisfy((block) -> assertThat(block.receipts()).hasSize(1));
		assertThat(this.first.count("eth_getTransactionReceipt")).isEqualTo(10);
	}

	@Test
	void readsFewerBlocksAtOnceWhereTheyAreLargeEvenIfLittlePassesTheFilter() throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> (right instanceof Map<?, ?> block)
				? with(right, "transactions", Collections.nCopies(3000, ((List<?>) block.get("transactions")).get(0)))
				: right);
		ChainReader reader = reader("from=0x" + "ee".repeat(20));
		assertThat(items(reader)).isZero();
		assertThat(reader.rangeSize()).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(ints = { 300, 2000 })
	void readsFewerBlocksAtOnceWhereTheyAreTooLargeForMemory(int kilobytes) throws Exception {
		this.first.odd("eth_getBlockByNumber", (right) -> with(right, "extraData", "0x" + "0".repeat(kilobytes << 10)));
		ChainReader reader = reader("data=blocks", "read-ahead=64");
		assertThat(reader.read(0, 9, true)).hasSizeLessThan(10)
			.first()
			.satisfies((block) -> assertThat(block.header().number()).isZero());
		assertThat(reader.rangeSize()).isLessThan(10);
		assertThat(this.second.node().requests()).isEmpty();
	}

	@Test
	void keepsNoBlocksWhereLogsAreRead() throws Exception {
		assertThat(reader("data=logs").read(0, 9, true))
			.allSatisfy((block) -> assertThat(block.block().isMissingNode()).isTrue());
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
	void takesNoOtherFailureForAChainThatDoesNotKnowWhatIsFinal() throws Exception {
		AtomicInteger calls = new AtomicInteger();
		this.first.odd("eth_getBlockByNumber",
				(right) -> (calls.incrementAndGet() == 2) ? failure("-32000 | out of memory") : right);
		assertThat(reader("data=blocks", "confirmations=4").heads().finalized()).isEqualTo(9);
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

	private static Failure failure(String error) {
		return new Failure(Integer.parseInt(error.split(" \\| ")[0]), error.split(" \\| ")[1]);
	}

	private static Object with(Object block, String field, Object value) {
		if (!(block instanceof Map<?, ?> fields)) {
			return block;
		}
		Map<Object, Object> changed = new LinkedHashMap<>(fields);
		changed.put(field, value);
		return changed;
	}

	private static long logs(ChainReader reader, boolean isFinal) throws InterruptedException {
		return reader.read(0, 9, isFinal).stream().mapToLong((block) -> block.items().size()).sum();
	}

	private static long items(ChainReader reader) throws InterruptedException {
		return logs(reader, false);
	}

	private ChainReader reader(String... properties) {
		return reader(List.of(this.first.node().url(), this.second.node().url()), Duration.ofSeconds(20), properties);
	}

	private static ChainReader reader(List<URI> endpoints, Duration timeout, String... properties) {
		RpcClient client = new RpcClient(
				endpoints.stream().map((url) -> new RpcEndpoint(url, Map.of(), timeout, RateLimit.NONE)).toList());
		EthereumConnectorProperties.Inbound inbound = Inbounds.of(properties);
		return new ChainReader(client, inbound, new LogFilter(inbound.addresses(), inbound.topics()));
	}

}
