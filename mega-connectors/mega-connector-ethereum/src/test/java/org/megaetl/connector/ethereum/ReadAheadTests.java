package org.megaetl.connector.ethereum;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.ethereum.rpc.RateLimit;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.pipeline.PipelineName;

import static org.assertj.core.api.Assertions.assertThat;

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

	private static ChainReader reader() {
		EthereumConnectorProperties.Inbound inbound = Inbounds.of();
		RpcClient client = new RpcClient(List
			.of(new RpcEndpoint(URI.create("http://localhost:1"), Map.of(), Duration.ofSeconds(20), RateLimit.NONE)));
		return new ChainReader(client, inbound, new LogFilter(inbound.addresses(), inbound.topics()));
	}

	/**
	 * Threads that never come to do anything.
	 */
	private static final class RecordingThreads extends AbstractExecutorService {

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
