package org.megaetl.connector.kafka;

import java.nio.ByteBuffer;
import java.util.Collection;

import org.megaetl.connector.kafka.KafkaTopics.SourceException;
import org.megaetl.event.Event;
import org.megaetl.transform.EventDecoder;

/**
 * Decodes payloads in the wire format of the Schema Registry: a zero, four bytes with the
 * schema's id, and the data. The transformer gets them as JSON.
 */
final class SchemaDecoder implements EventDecoder {

	private static final int HEADER = 5;

	private final SchemaRegistry registry;

	SchemaDecoder(SchemaRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Has the schemas of events at hand, so that a registry that is away is waited for
	 * and no event is refused for it.
	 * @param events the events
	 * @throws SourceException if the registry does not answer
	 * @throws InterruptedException if the thread is to stop
	 */
	@Override
	public void check(Collection<Event> events) throws SourceException, InterruptedException {
		for (Event event : events) {
			if (isFramed(event.payload())) {
				this.registry.schema(ByteBuffer.wrap(event.payload()).getInt(1));
			}
		}
	}

	@Override
	public Event decode(Event event) throws Exception {
		byte[] payload = event.payload();
		if (event.headers().first(RecordMapper.TOMBSTONE) != null) {
			return event;
		}
		if (!isFramed(payload)) {
			throw new IllegalArgumentException(
					"The payload of " + payload.length + " bytes does not begin with a zero and the id of a schema");
		}
		ByteBuffer buffer = ByteBuffer.wrap(payload);
		byte[] json = this.registry.schema(buffer.getInt(1)).toJson(buffer.position(HEADER).slice());
		return Event.from(event.source(), json)
			.key(event.key())
			.id(event.id())
			.headers(event.headers())
			.position(event.position())
			.timestamp(event.timestamp())
			.build();
	}

	private static boolean isFramed(byte[] payload) {
		return payload.length >= HEADER && payload[0] == 0;
	}

}
