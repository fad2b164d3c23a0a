package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;

/**
 * What a consumer got in one poll, or in several.
 *
 * @param parts the partitions of it
 */
record ReadBatch(List<Part> parts) {

	/**
	 * Returns several as if they had been got in one poll.
	 * @param batches the batches, in the order in which they were read
	 */
	static ReadBatch of(List<ReadBatch> batches) {
		if (batches.size() == 1) {
			return batches.get(0);
		}
		// a partition that was assigned again is another one here
		Map<AssignedPartition, List<Part>> parts = new LinkedHashMap<>();
		for (ReadBatch batch : batches) {
			batch.parts
				.forEach((part) -> parts.computeIfAbsent(part.partition(), (key) -> new ArrayList<>()).add(part));
		}
		return new ReadBatch(parts.values().stream().map(Part::of).toList());
	}

	/**
	 * Returns what of it is still to be written.
	 */
	ReadBatch alive() {
		return new ReadBatch(this.parts.stream().filter((part) -> !part.partition().isGone()).toList());
	}

	/**
	 * Returns what of it is to be written, as it was just read.
	 */
	ReadBatch current() {
		return new ReadBatch(this.parts.stream()
			.filter((part) -> !part.partition().isGone() && !part.partition().isSuperseded())
			.toList());
	}

	/**
	 * Returns what it takes of the room for batches.
	 */
	BatchRoom.Size size() {
		int records = 0;
		long bytes = 0;
		for (Part part : this.parts) {
			records += Math.max(1, part.records().size());
			for (ConsumerRecord<byte[], byte[]> record : part.records()) {
				// less than zero for what is not there
				bytes += Math.max(0, record.serializedKeySize()) + Math.max(0, record.serializedValueSize());
			}
		}
		return new BatchRoom.Size(records, bytes);
	}

	boolean isEmpty() {
		return this.parts.isEmpty();
	}

	/**
	 * Makes events of it.
	 */
	Mapped map(RecordMapper mapper) {
		List<Event> events = new ArrayList<>(this.parts.stream().mapToInt((part) -> part.records().size()).sum());
		List<PositionAdvance> advances = new ArrayList<>(this.parts.size());
		long skipped = 0;
		for (Part part : this.parts) {
			skipped += mapper.map(part.partition(), part.records(), events);
			advances.add(part.partition().claim().advance(String.valueOf(part.from()), String.valueOf(part.to())));
		}
		return new Mapped(new EventBatch(events, advances), skipped);
	}

	/**
	 * What a consumer got of one partition.
	 *
	 * @param partition the partition
	 * @param records the records, possibly none
	 * @param from where the batch before ended
	 * @param to where the next batch begins
	 */
	record Part(AssignedPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long from, long to) {

		private static Part of(List<Part> parts) {
			Part first = parts.get(0);
			List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
			long next = first.from;
			for (Part part : parts) {
				if (part.from != next) {
					throw new IllegalArgumentException("What was read of '" + first.partition + "' from offset "
							+ part.from + " does not go on from offset " + next);
				}
				all.addAll(part.records);
				next = part.to;
			}
			return new Part(first.partition, all, first.from, next);
		}

	}

	/**
	 * The events of a batch.
	 *
	 * @param events the events
	 * @param skipped how many records were left out
	 */
	record Mapped(EventBatch events, long skipped) {

	}

}
