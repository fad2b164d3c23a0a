package org.megaetl.transform;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * Decodes several events before they are transformed together. If one cannot be decoded,
 * they go one by one.
 *
 * @param decoder decodes each event
 * @param transformer gets the decoded events
 */
record DecodingBatchTransformer(EventDecoder decoder, BatchTransformer transformer) implements BatchTransformer {

	@Override
	public List<? extends SqlStatement> transform(Event event) throws Exception {
		return this.transformer.transform(this.decoder.decode(event));
	}

	@Override
	public List<TransformResult> transform(List<Event> events) throws Exception {
		List<Event> decoded = new ArrayList<>(events.size());
		for (Event event : events) {
			decoded.add(this.decoder.decode(event));
		}
		return this.transformer.transform(decoded);
	}

}
