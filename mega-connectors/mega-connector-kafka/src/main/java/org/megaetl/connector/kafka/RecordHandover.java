package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.megaetl.connector.kafka.ReadBatch.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what a consumer reads to its lane, each record once, and with it how far was
 * read.
 */
final class RecordHandover {

	private static final Logger logger = LoggerFactory.getLogger(RecordHandover.class);

	private final DeliveryLane lane;

	private final ConsumerPartitions partitions;

	/** Whether topics may be others than they were when the brokers were asked. */
	private final AtomicBoolean suspect = new AtomicBoolean();

	RecordHandover(DeliveryLane lane, ConsumerPartitions partitions) {
		this.lane = lane;
		this.partitions = partitions;
	}

	/**
	 * Has it looked up before the next records whether topics have become others. May be
	 * called by any thread.
	 */
	void suspect() {
		this.suspect.set(true);
	}

	/**
	 * Has what was polled written.
	 */
	void handOver(ConsumerRecords<byte[], byte[]> records) {
		Map<TopicPartition, OffsetAndMetadata> nextOffsets = records.nextOffsets();
		List<Part> parts = new ArrayList<>(nextOffsets.size());
		nextOffsets.forEach((partition, next) -> add(partition, records.records(partition), next.offset(), parts));
		// an interceptor that makes records anew may leave out where they end
		for (TopicPartition partition : records.partitions()) {
			List<ConsumerRecord<byte[], byte[]>> read = records.records(partition);
			if (!nextOffsets.containsKey(partition) && !read.isEmpty()) {
				add(partition, read, read.get(read.size() - 1).offset() + 1, parts);
			}
		}
		if (!parts.isEmpty()) {
			if (this.suspect.getAndSet(false)) {
				// all, as the next batch may be of others
				this.lane.check(List.copyOf(this.partitions.reading()));
			}
			this.lane.deliver(new ReadBatch(parts));
		}
	}

	private void add(TopicPartition topicPartition, List<ConsumerRecord<byte[], byte[]>> records, long next,
			List<Part> parts) {
		AssignedPartition partition = this.partitions.reading(topicPartition);
		if (partition != null && !partition.isGone() && next > partition.next()) {
			parts.add(new Part(partition, from(partition.next(), records), partition.next(), next));
			partition.next(next);
		}
	}

	/**
	 * Leaves out what was handed over before, should the consumer have gone back without
	 * being told to here.
	 */
	private static List<ConsumerRecord<byte[], byte[]>> from(long offset,
			List<ConsumerRecord<byte[], byte[]>> records) {
		if (records.isEmpty() || records.get(0).offset() >= offset) {
			return records;
		}
		return records.stream().filter((record) -> record.offset() >= offset).toList();
	}

	/**
	 * Stores how far was read where there was nothing but aborted transactions and the
	 * like.
	 */
	void moveOverGaps(Consumer<byte[], byte[]> consumer) {
		Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
		for (AssignedPartition partition : this.partitions.reading()) {
			try {
				long position = consumer.position(partition.partition(), Duration.ZERO);
				if (position > partition.next()) {
					next.put(partition.partition(), new OffsetAndMetadata(position));
				}
			}
			catch (TimeoutException ex) {
				logger.trace("The position of '{}' is not known now", partition, ex);
			}
		}
		handOver(new ConsumerRecords<>(Map.of(), next));
	}

}
