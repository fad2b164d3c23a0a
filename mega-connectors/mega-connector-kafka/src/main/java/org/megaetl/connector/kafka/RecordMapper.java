package org.megaetl.connector.kafka;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Tombstones;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes events of records.
 */
final class RecordMapper {

	/** The header with the topic's name. */
	static final String TOPIC = "kafka-topic";

	/** The header with the partition's number. */
	static final String PARTITION = "kafka-partition";

	/** The header that tells a record without value from one with an empty value. */
	static final String TOMBSTONE = "kafka-tombstone";

	/** The header with the id of an event, as its sender gave it. */
	static final String EVENT_ID = "mega-event-id";

	/** The header with the time of an event, where that is not the time of its record. */
	static final String EVENT_TIME = "mega-event-time";

	private static final Logger logger = LoggerFactory.getLogger(RecordMapper.class);

	private static final byte[] NOTHING = {};

	private final String pipeline;

	private final Tombstones tombstones;

	RecordMapper(String pipeline, Tombstones tombstones) {
		this.pipeline = pipeline;
		this.tombstones = tombstones;
	}

	/**
	 * Adds the events of records of one partition.
	 * @param partition the partition, claimed
	 * @param records the records
	 * @param events receives the events
	 * @return how many records were left out
	 */
	int map(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records, List<Event> events) {
		String key = partition.claim().key();
		int skipped = 0;
		for (ConsumerRecord<byte[], byte[]> record : records) {
			if (isTombstone(record) && this.tombstones == Tombstones.SKIP) {
				skipped++;
			}
			else {
				events.add(event(partition, key, record));
			}
		}
		return skipped;
	}

	private Event event(AssignedPartition partition, String key, ConsumerRecord<byte[], byte[]> record) {
		boolean tombstone = isTombstone(record);
		return Event.from(this.pipeline, tombstone ? NOTHING : record.value())
			.key((record.key() != null) ? Text.of(record.key()) : null)
			.id(id(record.headers()))
			.headers(headers(partition.headers(), record.headers(), tombstone))
			.position(new KafkaPosition(key, record.offset()))
			.timestamp(timestamp(record))
			.build();
	}

	private static @Nullable Instant timestamp(ConsumerRecord<byte[], byte[]> record) {
		Header time = record.headers().lastHeader(EVENT_TIME);
		if (time != null && time.value() != null) {
			try {
				return Instant.parse(Text.of(time.value()));
			}
			catch (DateTimeParseException ex) {
				logger.debug("A record has the header '{}', which is no time", EVENT_TIME, ex);
			}
		}
		return (record.timestamp() >= 0) ? Instant.ofEpochMilli(record.timestamp()) : null;
	}

	private static @Nullable String id(Headers headers) {
		Header id = headers.lastHeader(EVENT_ID);
		return (id != null && id.value() != null && id.value().length > 0) ? Text.of(id.value()) : null;
	}

	// the client does not declare that a value can be missing
	@SuppressWarnings("NullAway")
	private static boolean isTombstone(ConsumerRecord<byte[], byte[]> record) {
		return record.value() == null;
	}

	/**
	 * Returns the headers of an event, those of the connector first: of too many, a dead
	 * letter keeps the first. A producer's own of their names are left out, so that
	 * nobody takes them for the connector's.
	 */
	private static EventHeaders headers(EventHeaders common, Headers own, boolean tombstone) {
		Header[] headers = own.toArray();
		if (headers.length == 0 && !tombstone) {
			return common;
		}
		List<String> pairs = new ArrayList<>(2 * headers.length + 8);
		common.forEach((name, value) -> {
			pairs.add(name);
			pairs.add(value);
		});
		if (tombstone) {
			pairs.add(TOMBSTONE);
			pairs.add("true");
		}
		int first = pairs.size();
		for (Header header : headers) {
			String name = header.key();
			if (!name.equals(EVENT_ID) && !name.equals(EVENT_TIME) && !isOwn(name)) {
				pairs.add(name);
				pairs.add((header.value() != null) ? Text.of(header.value()) : "");
			}
		}
		return (pairs.size() > first || tombstone) ? EventHeaders.of(pairs.toArray(String[]::new)) : common;
	}

	/**
	 * Returns whether a header is the connector's own, for the transformer only.
	 * @param name its name, in any case
	 */
	static boolean isOwn(String name) {
		return name.equalsIgnoreCase(TOPIC) || name.equalsIgnoreCase(PARTITION) || name.equalsIgnoreCase(TOMBSTONE);
	}

}
