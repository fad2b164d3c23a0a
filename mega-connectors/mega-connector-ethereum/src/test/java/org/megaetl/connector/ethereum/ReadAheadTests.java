package org.megaetl.connector.ethereum;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.ethereum.rpc.RateLimit;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.pipeline.PipelineName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ReadAhead}.
 */
class ReadAheadTests {

	private static final Heads FAR_AHEAD = new Heads(1_000_000, 1_000_000, "0x", 1_000_000);

	@Test
	void readsNoMoreThanAFewRangesAheadHoweverLongTheChainIs() throws Exception {
		RecordingThreads threads = new RecordingThreads();
		try (ReadAhead ahead = new ReadAhead(new PipelineName("ethereum", "transfers"), reader(), threads, 4, 0,
				FAR_AHEAD)) {
			assertThat(ahead.next(() -> false)).isNull();
			assertThat(threads.tasks).hasSize(4);
			// and no more, whoever asks again
			assertThat(ahead.next(() -> false)).isNull();
			assertThat(threads.tasks).hasSize(4);
		}
	}

	@Test
	@SuppressWarnings("unchecked")
	void readsOnWhereARangeWasTooLargeForMemory() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(3);
		try (StubChain chain = new StubChain()) {
			chain.odd("eth_getBlockByNumber", (right) -> {
				((Map<Object, Object>) right).put("extraData", "0x" + "0".repeat(300_000));
				return right;
			});
			List<Long> numbers = new ArrayList<>();
			Heads heads = new Heads(9, 9, "0x", 9);
			try (ReadAhead ahead = new ReadAhead(new PipelineName("ethereum", "transfers"),
					reader(chain.node().url(), "data=blocks", "read-ahead=64", "max-range=5"), threads, 2, 0, heads)) {
				while (ahead.hasNext()) {
					ahead.next(() -> true).forEach((block) -> numbers.add(block.header().number()));
				}
			}
			assertThat(numbers).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void saysThatAnErrorIsOne() {
		RecordingThreads threads = new RecordingThreads() {
			@Override
			protected <T> RunnableFuture<T> newTaskFor(Callable<T> task) {
				return new FutureTask<>(() -> {
					throw new OutOfMemoryError("as if");
				});
			}

			@Override
			public void execute(Runnable task) {
				task.run();
			}
		};
		try (ReadAhead ahead = new ReadAhead(new PipelineName("ethereum", "transfers"), reader(), threads, 4, 0,
				FAR_AHEAD)) {
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> ahead.next(() -> true))
				.withMessage("as if");
		}
	}

	private static ChainReader reader() {
		return reader(URI.create("http://localhost:1"));
	}

	private static ChainReader reader(URI endpoint, String... properties) {
		EthereumConnectorProperties.Inbound inbound = Inbounds.of(properties);
		RpcClient client = new RpcClient(
				List.of(new RpcEndpoint(endpoint, Map.of(), Duration.ofSeconds(20), RateLimit.none())));
		return new ChainReader(client, inbound, new LogFilter(inbound.addresses(), inbound.topics()));
	}

	/**
	 * Threads that never come to do anything.
	 */
	private static class RecordingThreads extends AbstractExecutorService {

		private final List<Runnable> tasks = new ArrayList<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		@Override
		public void shutdown() {
			this.tasks.clear();
		}

		@Override
		public List<Runnable> shutdownNow() {
			return this.tasks;
		}

		@Override
		public boolean isShutdown() {
			return false;
		}

		@Override
		public boolean isTerminated() {
			return false;
		}

		@Override
		public boolean awaitTermination(long timeout, TimeUnit unit) {
			return false;
		}

	}

}
