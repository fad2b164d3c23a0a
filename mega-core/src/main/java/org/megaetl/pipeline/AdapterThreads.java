package org.megaetl.pipeline;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs the readers of a connector, each in a thread of its own, while the application
 * runs: from after the pipelines have started until before they stop, which is what the
 * default phase means.
 */
public final class AdapterThreads implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(AdapterThreads.class);

	private final String connector;

	private final Pipelines pipelines;

	private final List<Function<ExecutorService, Runnable>> readers;

	private ExecutorService threads = Executors.newCachedThreadPool();

	private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

	private volatile boolean running;

	/**
	 * Creates the threads of readers that have helpers: these run in threads of the
	 * executor a reader is made with, and are interrupted with it.
	 * @param connector the connector's name, which names the threads
	 * @param pipelines has those of the connector
	 * @param readers makes a reader, anew for each start
	 */
	public AdapterThreads(String connector, Pipelines pipelines, List<Function<ExecutorService, Runnable>> readers) {
		this.connector = connector;
		this.pipelines = pipelines;
		this.readers = List.copyOf(readers);
	}

	/**
	 * Creates the threads of readers.
	 * @param connector the connector's name, which names the threads
	 * @param pipelines has those of the connector
	 * @param readers the readers; each returns when it is interrupted
	 * @return the threads
	 */
	public static AdapterThreads of(String connector, Pipelines pipelines, List<? extends Runnable> readers) {
		return new AdapterThreads(connector, pipelines,
				readers.stream().<Function<ExecutorService, Runnable>>map((reader) -> (threads) -> reader).toList());
	}

	@Override
	public void start() {
		this.running = true;
		ExecutorService started = Executors
			.newCachedThreadPool(new CustomizableThreadFactory("mega-" + this.connector + "-"));
		this.threads = started;
		this.ended = CompletableFuture.allOf(this.readers.stream()
			.map((reader) -> run(reader.apply(started), started))
			.toArray(CompletableFuture[]::new));
	}

	private CompletableFuture<Void> run(Runnable reader, ExecutorService executor) {
		return CompletableFuture.runAsync(reader, executor).whenComplete((result, failure) -> {
			if (failure != null) {
				logger.error("A reader of the connector '{}' has ended; restart the application", this.connector,
						failure);
			}
		});
	}

	/**
	 * Interrupts the readers: a batch that is being committed is finished, any other is
	 * not begun. The application waits for them as long as
	 * {@code spring.lifecycle.timeout-per-shutdown-phase} says.
	 */
	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.pipelines.stopping(this.connector);
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
