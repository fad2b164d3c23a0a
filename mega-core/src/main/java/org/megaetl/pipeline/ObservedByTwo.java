package org.megaetl.pipeline;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.pipeline.BatchObserver.Observed;

/**
 * A batch that two are told of: who was told first that it begins is told last that it
 * ends, so that what they put on the thread is nested.
 *
 * @param outer what the first said
 * @param inner what the second said
 */
record ObservedByTwo(Observed outer, Observed inner) implements Observed {

	static Observed begin(BatchObserver first, BatchObserver second, PipelineName pipeline, List<Event> events) {
		Observed outer = first.begin(pipeline, events);
		try {
			return new ObservedByTwo(outer, second.begin(pipeline, events));
		}
		catch (RuntimeException ex) {
			outer.close();
			throw ex;
		}
	}

	@Override
	public void failed(Throwable failure) {
		try {
			this.inner.failed(failure);
		}
		finally {
			this.outer.failed(failure);
		}
	}

	@Override
	public void close() {
		try {
			this.inner.close();
		}
		finally {
			this.outer.close();
		}
	}

}
