package org.megaetl.connector.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.deadletter.DeadLetterService;

import org.springframework.kafka.support.KafkaHeaders;

/**
 * Makes records of dead letters: the record as it was, with headers that say what became
 * of it.
 */
final class DeadLetterRecords {

	/**
	 * In the place of a payload that is missing: without value it would be a deletion.
	 */
	private static final byte[] NOTHING = {};

	/**
	 * Not the header that is believed: the record may be sent again as it is, repaired,
	 * and would be a duplicate of the dead letter.
	 */
	private static final String EVENT_ID = "mega_dlt-event-id";

	/** The header of a dead letter whose id, key or headers are not whole. */
	private static final String SHORTENED = "mega-shortened";

	private final String topic;

	private final String group;

	private final DeadLetterService letters;

	/**
	 * Creates a mapper.
	 * @param topic where the records go
	 * @param group the consumer group of the inbound
	 * @param letters has the payloads
	 */
	DeadLetterRecords(String topic, String group, DeadLetterService letters) {
		this.topic = topic;
		this.group = group;
		this.letters = letters;
	}

	/**
	 * Returns the record of a dead letter.
	 * @param id the dead letter
	 * @return the record, or {@code null} if there is no such dead letter
	 * @throws IllegalArgumentException if the dead letter is not as it should be
	 */
	@Nullable ProducerRecord<byte[], byte[]> find(long id) {
		return this.letters.find(id).map(this::record).orElse(null);
	}

	private ProducerRecord<byte[], byte[]> record(DeadLetter letter) {
		boolean tombstone = letter.headers().containsKey(RecordMapper.TOMBSTONE);
		byte[] payload = tombstone ? null : this.letters.payload(letter).orElse(null);
		boolean missing = !tombstone && payload == null;
		byte[] key = (letter.eventKey() != null) ? Text.toBytes(letter.eventKey()) : null;
		ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(this.topic, null, key,
				missing ? NOTHING : payload);
		addOwn(record.headers(), letter);
		addOrigin(record.headers(), letter);
		add(record.headers(), KafkaHeaders.DLT_EXCEPTION_FQCN, letter.reason().name());
		add(record.headers(), KafkaHeaders.DLT_EXCEPTION_MESSAGE, letter.message());
		add(record.headers(), "mega_dead-letter-id", String.valueOf(letter.id()));
		if (missing) {
			add(record.headers(), "mega_payload-length", String.valueOf(letter.payloadLength()));
			add(record.headers(), "mega_payload-sha256", letter.payloadSha256());
		}
		return record;
	}

	/**
	 * Adds what the record had, and as headers also what was made of them: the id and the
	 * time of the event.
	 */
	private static void addOwn(Headers headers, DeadLetter letter) {
		letter.headers().forEach((name, values) -> {
			if (!RecordMapper.isOwn(name)) {
				values.forEach((value) -> headers.add(name, Text.toBytes(value)));
			}
		});
		if (letter.eventId() != null && !letter.headers().containsKey(SHORTENED)) {
			headers.add(EVENT_ID, Text.toBytes(letter.eventId()));
		}
		if (letter.timestamp() != null) {
			add(headers, RecordMapper.EVENT_TIME, letter.timestamp().toString());
		}
	}

	private void addOrigin(Headers headers, DeadLetter letter) {
		add(headers, KafkaHeaders.DLT_ORIGINAL_TOPIC, last(letter, RecordMapper.TOPIC));
		String partition = last(letter, RecordMapper.PARTITION);
		if (partition != null) {
			headers.add(KafkaHeaders.DLT_ORIGINAL_PARTITION, number(Integer.parseInt(partition)));
		}
		if (letter.position() != null) {
			headers.add(KafkaHeaders.DLT_ORIGINAL_OFFSET, number(Long.parseLong(letter.position())));
		}
		Instant timestamp = letter.timestamp();
		if (timestamp != null && isMillis(timestamp)) {
			headers.add(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, number(timestamp.toEpochMilli()));
		}
		add(headers, KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP, this.group);
	}

	/**
	 * Returns whether the milliseconds of a time are a number of 64 bits.
	 */
	private static boolean isMillis(Instant timestamp) {
		return Math.abs(timestamp.getEpochSecond()) < Long.MAX_VALUE / 1000;
	}

	/**
	 * Returns the value of a header that the mapper adds. An older dead letter may have
	 * others of its name before it.
	 */
	private static @Nullable String last(DeadLetter letter, String name) {
		List<String> values = letter.headers().get(name);
		return (values != null && !values.isEmpty()) ? values.get(values.size() - 1) : null;
	}

	private static void add(Headers headers, String name, @Nullable String value) {
		if (value != null) {
			headers.add(name, value.getBytes(StandardCharsets.UTF_8));
		}
	}

	private static byte[] number(int value) {
		return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
	}

	private static byte[] number(long value) {
		return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
	}

}
