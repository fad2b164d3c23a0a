package org.megaetl.connector.ethereum;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Runs the followers of all inbounds while the application runs: from after the pipelines
 * have started until before they stop, which is what the default phase means.
 */
final class EthereumAdapter implements SmartLifecycle {

	private final List<Function<ExecutorService, ChainFollower>> followers;

	private ExecutorService threads = Executors.newCachedThreadPool();

	private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

	private volatile boolean running;

	/**
	 * Creates an adapter.
	 * @param followers makes a follower that reads ahead in threads of the given executor
	 */
	EthereumAdapter(List<Function<ExecutorService, ChainFollower>> followers) {
		this.followers = followers;
	}

	@Override
	public void start() {
		this.running = true;
		this.threads = Executors.newCachedThreadPool(new CustomizableThreadFactory("mega-ethereum-"));
		this.ended = CompletableFuture.allOf(this.followers.stream()
			.map((follower) -> CompletableFuture.runAsync(follower.apply(this.threads), this.threads))
			.toArray(CompletableFuture[]::new));
	}

	/**
	 * Interrupts the followers: a batch that is being committed is finished, any other is
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
