package org.megaetl.transform;

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
	 * Returns a transformer that receives decoded events.
	 * @param function the transformer
	 * @return a transformer of the same form
	 */
	default TransformFunction before(TransformFunction function) {
		if (function instanceof DirectTransformer direct) {
			DirectTransformer decoding = (event, connection) -> direct.transform(decode(event), connection);
			return decoding;
		}
		if (function instanceof BatchTransformer batch) {
			return new DecodingBatchTransformer(this, batch);
		}
		Transformer transformer = (Transformer) function;
		Transformer decoding = (event) -> transformer.transform(decode(event));
		return decoding;
	}

}
