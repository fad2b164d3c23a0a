package org.megaetl.connector.kafka;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.SmartLifecycle;

/**
 * Runs the consumers of all inbounds while the application runs: from after the pipelines
 * have started until before they stop, which is what the default phase means.
 */
final class KafkaAdapter implements SmartLifecycle, DisposableBean {

	private final List<KafkaSource> sources;

	private volatile boolean running;

	KafkaAdapter(List<KafkaSource> sources) {
		this.sources = List.copyOf(sources);
	}

	@Override
	public void start() {
		this.running = true;
		this.sources.forEach(KafkaSource::start);
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		AtomicInteger remaining = new AtomicInteger(this.sources.size());
		this.sources.forEach((source) -> source.stop(() -> {
			if (remaining.decrementAndGet() == 0) {
				callback.run();
			}
		}));
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

	@Override
	public void destroy() {
		this.sources.forEach(KafkaSource::close);
	}

}
