package org.megaetl.connector.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs the readers of all inbounds while the application runs: from after the pipelines
 * have started until before they stop, which is what the default phase means.
 */
final class RedisAdapter implements SmartLifecycle {

	private final List<RedisReader> readers;

	private ExecutorService threads = Executors.newCachedThreadPool();

	private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

	private volatile boolean running;

	RedisAdapter(List<RedisReader> readers) {
		this.readers = List.copyOf(readers);
	}

	@Override
	public void start() {
		this.running = true;
		this.threads = Executors.newCachedThreadPool(new CustomizableThreadFactory("mega-redis-"));
		this.ended = CompletableFuture.allOf(this.readers.stream()
			.map((reader) -> CompletableFuture.runAsync(reader, this.threads))
			.toArray(CompletableFuture[]::new));
	}

	/**
	 * Interrupts the readers: a batch that is being committed is finished, any other is
	 * not begun. The application waits for them as long as
	 * {@code spring.lifecycle.timeout-per-shutdown-phase} says.
	 */
	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.threads.shutdownNow();
		this.ended = this.ended.whenComplete((result, failure) -> callback.run());
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
