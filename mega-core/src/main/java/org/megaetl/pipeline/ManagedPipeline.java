package org.megaetl.pipeline;

import java.time.Duration;

/**
 * A pipeline as the application starts and stops it.
 */
abstract sealed class ManagedPipeline implements Pipeline permits PullPipeline, PushPipeline {

	private final PipelineEngine engine;

	ManagedPipeline(PipelineEngine engine) {
		this.engine = engine;
	}

	final PipelineEngine engine() {
		return this.engine;
	}

	@Override
	public final PipelineName name() {
		return this.engine.settings().name();
	}

	@Override
	public final String transformer() {
		return this.engine.settings().transformer();
	}

	@Override
	public final PipelineStatus status() {
		return this.engine.monitor().status();
	}

	@Override
	public final PipelineActivity activity() {
		return this.engine.monitor().activity();
	}

	@Override
	public final void pause() {
		this.engine.monitor().become(PipelineState.PAUSED, "paused by an operator");
	}

	@Override
	public final void resume() {
		this.engine.monitor().resume();
	}

	abstract void start();

	/**
	 * Finishes what is under way, and ends it if that takes too long.
	 */
	abstract void stop(Duration timeout);

}
