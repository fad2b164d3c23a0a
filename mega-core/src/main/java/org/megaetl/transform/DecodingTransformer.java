package org.megaetl.transform;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;

/**
 * A transformer that receives decoded events.
 *
 * @param decoder decodes the events
 * @param transformer receives them
 */
record DecodingTransformer(EventDecoder decoder, Transformer transformer) implements Transformer {

	@Override
	public List<? extends SqlStatement> transform(Event event) throws Exception {
		return this.transformer.transform(this.decoder.decode(event));
	}

	@Override
	public TransformerBatch openBatch() {
		TransformerBatch batch = this.transformer.openBatch();
		return new TransformerBatch() {

			@Override
			public List<? extends SqlStatement> transform(Event event) throws Exception {
				return batch.transform(DecodingTransformer.this.decoder.decode(event));
			}

			@Override
			public int maxEvents() {
				return batch.maxEvents();
			}

			/**
			 * If one cannot be decoded, they go one by one.
			 */
			@Override
			public List<TransformResult> transform(List<Event> events, Runnable nextEvent) throws Exception {
				List<Event> decoded = new ArrayList<>(events.size());
				for (Event event : events) {
					decoded.add(DecodingTransformer.this.decoder.decode(event));
					nextEvent.run();
				}
				return batch.transform(decoded, nextEvent);
			}

			@Override
			public void close() {
				batch.close();
			}

		};
	}

}
