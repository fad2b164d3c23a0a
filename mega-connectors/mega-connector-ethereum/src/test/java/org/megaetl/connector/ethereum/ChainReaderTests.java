package org.megaetl.connector.ethereum;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.PrunedHistoryException;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;
import org.megaetl.pipeline.PipelineName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ChainReader}: ranges that are too large, and endpoints that fail.
 */
class ChainReaderTests extends StubChainTestSupport {

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
	@ValueSource(strings = { "-32000 | the backend is not amused", "-32002 | request timed out",
			"-32602 | range 10 exceeds limit of 3", "-32602 | invalid params", "-32005 | limit exceeded" })
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
	void shrinksRangesThatTheOnlyEndpointRefusesInWordsThatAskForFewerCalls() {
		this.first.odd("eth_getLogs",
				(right) -> (((List<?>) right).size() > 3) ? failure("-32005 | request is too heavy") : right);
		ChainReader reader = reader(List.of(this.first.node().url()), Duration.ofSeconds(20), "data=logs",
				"max-range=4");
		await().atMost(Duration.ofSeconds(40)).ignoreExceptionsInstanceOf(EndpointException.class).until(() -> {
			// as the follower does before it reads
			reader.heads();
			return logs(reader, true) == 10;
		});
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
	void saysThatHistoryIsPruned() {
		this.first.odd("eth_getBlockByNumber", (right) -> new Failure(4444, "pruned history unavailable"));
		this.second.odd("eth_getBlockByNumber", (right) -> new Failure(4444, "pruned history unavailable"));
		ChainReader reader = reader("data=blocks");
		assertThatExceptionOfType(PrunedHistoryException.class).isThrownBy(() -> reader.read(0, 9, true));
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

	@ParameterizedTest
	@ValueSource(ints = { 1, 2 })
	void readsWhatNeedsMoreCallsThanAreAnsweredInASecond(int endpoints) {
		this.first.limit(5);
		this.second.limit(5);
		ChainReader reader = reader(List.of(this.first.node().url(), this.second.node().url()).subList(0, endpoints),
				Duration.ofSeconds(20), "data=logs");
		await().atMost(Duration.ofSeconds(20))
			.ignoreExceptionsInstanceOf(EndpointException.class)
			.until(() -> logs(reader, true) == 10);
	}

	@Test
	void readsAheadWhereFewCallsAreAnsweredInASecond() throws Exception {
		this.first.limit(5);
		ChainReader reader = reader(List.of(this.first.node().url()), Duration.ofSeconds(20), "data=logs",
				"max-range=3");
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try (ReadAhead ahead = new ReadAhead(new PipelineName("ethereum", "transfers"), reader, threads, 4, 0,
				new Heads(9, 9, "0x", 9))) {
			int logs = 0;
			while (ahead.hasNext()) {
				logs += Objects.requireNonNull(ahead.next(() -> true)).size();
			}
			assertThat(logs).isEqualTo(10);
		}
		finally {
			threads.shutdownNow();
		}
	}

}
