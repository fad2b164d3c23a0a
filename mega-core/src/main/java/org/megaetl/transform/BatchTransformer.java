package org.megaetl.transform;

import java.util.List;

import org.megaetl.event.Event;

/**
 * A transformer that is faster with several events at once than with one after the other,
 * as where each call has a price of its own. What becomes of an event must not depend on
 * which others it came with.
 */
public interface BatchTransformer extends Transformer {

	/**
	 * Transforms as many of the given events as it likes, beginning with the first.
	 * @param events the events, at least one, in order
	 * @return what became of them, in order: of one event at least, and of no more than
	 * were given
	 * @throws Exception if it cannot be said which event is at fault: all of them are
	 * then handed to {@link #transform(Event)}, one by one
	 */
	List<TransformResult> transform(List<Event> events) throws Exception;

}
