package org.megaetl.pipeline;

import java.time.Duration;

/**
 * A pipeline as the application starts and stops it.
 */
abstract sealed class ManagedPipeline implements Pipeline permits PullPipeline, PushPipeline, BufferedPipeline {

	private final PipelineName name;

	private final PipelineMonitor monitor;

	ManagedPipeline(PipelineName name, PipelineMonitor monitor) {
		this.name = name;
		this.monitor = monitor;
	}

	@Override
	public final PipelineName name() {
		return this.name;
	}

	final PipelineMonitor monitor() {
		return this.monitor;
	}

	@Override
	public final PipelineStatus status() {
		return this.monitor.status();
	}

	@Override
	public final PipelineActivity activity() {
		return this.monitor.activity();
	}

	@Override
	public final void pause() {
		this.monitor.become(PipelineState.PAUSED, "paused by an operator");
	}

	@Override
	public final void resume() {
		this.monitor.resume();
	}

	abstract void start();

	/**
	 * Finishes what is under way, and ends it if that takes too long.
	 */
	abstract void stop(Duration timeout);

}
