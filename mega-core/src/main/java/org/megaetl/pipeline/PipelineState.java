package org.megaetl.pipeline;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a pipeline is doing.
 */
public enum PipelineState {

	/**
	 * Created; the application is still starting.
	 */
	STARTING,

	/**
	 * Stopped with the application.
	 */
	STOPPED,

	/**
	 * Takes events and commits them.
	 */
	RUNNING,

	/**
	 * Takes no events, as an operator asked for.
	 */
	PAUSED,

	/**
	 * The database is away or refuses to work; tried again until it is back.
	 */
	RETRYING,

	/**
	 * Given up, as going on would harm: an operator must look.
	 */
	FAILED;

	/**
	 * Returns the states this one may change to: the only place that says so.
	 */
	private Set<PipelineState> next() {
		return switch (this) {
			case STARTING -> EnumSet.of(RUNNING, FAILED, STOPPED);
			case STOPPED -> EnumSet.of(RUNNING);
			case RUNNING -> EnumSet.of(PAUSED, RETRYING, FAILED, STOPPED);
			case PAUSED -> EnumSet.of(RUNNING, FAILED, STOPPED);
			case RETRYING -> EnumSet.of(RUNNING, PAUSED, FAILED, STOPPED);
			case FAILED -> EnumSet.of(RUNNING, STOPPED);
		};
	}

	boolean canBecome(PipelineState state) {
		return next().contains(state);
	}

}
