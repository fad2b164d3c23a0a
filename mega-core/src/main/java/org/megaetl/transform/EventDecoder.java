package org.megaetl.transform;

import java.util.Collection;

import org.megaetl.event.Event;

/**
 * Makes an event readable before its transformer gets it, where a source's payload needs
 * more than itself to be read, such as a schema. A dead letter keeps what the source
 * delivered, and is decoded again when it is replayed.
 */
@FunctionalInterface
public interface EventDecoder {

	/**
	 * Decodes one event.
	 * @param event the event as the source delivered it
	 * @return the event for the transformer
	 * @throws Exception if it cannot be decoded; it is then refused, as by the
	 * transformer
	 */
	Event decode(Event event) throws Exception;

	/**
	 * Checks that what it takes to decode events is at hand. It is called before dead
	 * letters are replayed, so that none of them counts a failure that is not its own.
	 * @param events the events as the source delivered them
	 * @throws Exception if none can be decoded at present, such as without a service that
	 * does not answer
	 */
	default void check(Collection<Event> events) throws Exception {
	}

	/**
	 * Returns a transformer that receives decoded events.
	 * @param function the transformer
	 * @return a transformer of the same form
	 */
	default TransformFunction before(TransformFunction function) {
		if (function instanceof DirectTransformer direct) {
			DirectTransformer decoding = (event, connection) -> direct.transform(decode(event), connection);
			return decoding;
		}
		return new DecodingTransformer(this, (Transformer) function);
	}

}
