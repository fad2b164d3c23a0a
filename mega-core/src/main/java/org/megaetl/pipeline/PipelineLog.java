package org.megaetl.pipeline;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Marks what is logged with the pipeline it concerns, as {@code pipeline} in the mapped
 * diagnostic context: structured logs have it in each line.
 */
public final class PipelineLog implements AutoCloseable {

	private static final String KEY = "pipeline";

	private final @Nullable String before;

	private final boolean changed;

	private PipelineLog(PipelineName pipeline) {
		String name = pipeline.toString();
		this.before = MDC.get(KEY);
		this.changed = !name.equals(this.before);
		if (this.changed) {
			MDC.put(KEY, name);
		}
	}

	/**
	 * Marks what the current thread logs from now on, for a thread that works for this
	 * pipeline only.
	 * @param pipeline the pipeline
	 */
	public static void mark(PipelineName pipeline) {
		MDC.put(KEY, pipeline.toString());
	}

	/**
	 * Marks what the current thread logs until this is closed.
	 * @param pipeline the pipeline
	 * @return to be closed by the same thread
	 */
	public static PipelineLog of(PipelineName pipeline) {
		return new PipelineLog(pipeline);
	}

	@Override
	public void close() {
		if (!this.changed) {
			return;
		}
		if (this.before != null) {
			MDC.put(KEY, this.before);
		}
		else {
			MDC.remove(KEY);
		}
	}

}
