package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Counter;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Claim;
import org.megaetl.checkpoint.StoredPosition;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Inbound;
import org.megaetl.connector.kafka.KafkaConnectorProperties.OnGap;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Start;
import org.megaetl.connector.kafka.KafkaTopics.Description;
import org.megaetl.connector.kafka.KafkaTopics.SourceException;
import org.megaetl.connector.kafka.KafkaTopics.Topic;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over the positions of partitions, and decides where to read on: where the
 * database says, unless the records there are gone.
 */
final class PartitionClaimer {

	private static final Logger logger = LoggerFactory.getLogger(PartitionClaimer.class);

	private final PullPipeline pipeline;

	private final KafkaTopics topics;

	private final String group;

	private final Inbound inbound;

	private final Counter missing;

	/** Partitions that nobody answers for, as far as that was said. */
	private final Set<TopicPartition> silent = ConcurrentHashMap.newKeySet();

	/** Gaps that an operator has seen: the pipeline was resumed after it had failed. */
	private final Set<String> accepted = ConcurrentHashMap.newKeySet();

	PartitionClaimer(PullPipeline pipeline, KafkaTopics topics, String group, Inbound inbound, Counter missing) {
		this.pipeline = pipeline;
		this.topics = topics;
		this.group = group;
		this.inbound = inbound;
		this.missing = missing;
	}

	/**
	 * Claims partitions. Those that are not claimed then do not exist, are silent as they
	 * have no leader now or may not be read, were taken over meanwhile, or the pipeline
	 * has failed: try again later.
	 * @param partitions the partitions
	 * @throws InterruptedException if the thread is to stop
	 * @throws SourceException if the brokers do not answer
	 */
	void claim(Collection<AssignedPartition> partitions) throws InterruptedException, SourceException {
		String cluster = this.topics.clusterId();
		Description description = this.topics.describe(partitions.stream()
			.map((each) -> each.partition().topic())
			.collect(Collectors.toCollection(TreeSet::new)));
		Map<String, Topic> described = description.found();
		// asked about others, the brokers would not answer, while all batches wait
		List<TopicPartition> led = partitions.stream()
			.map(AssignedPartition::partition)
			.filter((each) -> described.containsKey(each.topic()) && described.get(each.topic()).isLed(each))
			.toList();
		Map<TopicPartition, Long> starts = this.topics.starts(led);
		Map<TopicPartition, Long> ends = this.topics.ends(starts.keySet());
		Map<String, String> stored = this.pipeline.positions()
			.stream()
			.collect(Collectors.toMap(StoredPosition::key, StoredPosition::position));
		Set<String> begun = new HashSet<>();
		for (Map.Entry<String, Topic> topic : described.entrySet()) {
			if (begin(topic.getKey(), topic.getValue(), cluster, stored)) {
				begun.add(topic.getKey());
			}
		}
		List<String> gaps = new ArrayList<>();
		for (AssignedPartition partition : partitions) {
			Long start = starts.get(partition.partition());
			Long end = ends.get(partition.partition());
			Topic topic = described.get(partition.partition().topic());
			if (description.refused().contains(partition.partition().topic())) {
				silent(partition, "the user may not read its topic");
			}
			if (topic == null || !topic.has(partition.partition()) || partition.isGone()) {
				continue;
			}
			if (start == null || end == null || !begun.contains(partition.partition().topic())) {
				silent(partition, "it, or another of its topic, has no leader, or its group has an open transaction");
			}
			else {
				answered(partition);
				PartitionKey key = PartitionKey.of(partition.partition(), topic.id(), cluster, this.group);
				Claim claim = this.pipeline.claim(key.toString(), initial(key, stored, start));
				Long position = position(partition, key, claim, start, end, gaps);
				if (position != null) {
					partition.claimed(claim, topic.id(), position);
				}
			}
		}
		if (!gaps.isEmpty()) {
			// not before all are looked at: nothing is claimed any more then
			this.pipeline.fail(String.join(" ", gaps));
		}
	}

	private void answered(AssignedPartition partition) {
		partition.silence(null);
		this.silent.remove(partition.partition());
	}

	private void silent(AssignedPartition partition, String reason) {
		partition.silence(reason);
		if (this.silent.add(partition.partition())) {
			logger.warn("Pipeline '{}': nobody answers for partition '{}', as {}; it is tried again, and the others "
					+ "are read", this.pipeline.name(), partition, reason);
		}
	}

	/**
	 * Stores where to begin in a topic that was never read, for all its partitions at
	 * once: one that is added later is read from its beginning. That of partition 0 is
	 * stored last, as it tells others that all are.
	 * @return whether that is known; not while one of the partitions does not answer
	 */
	private boolean begin(String name, Topic topic, String cluster, Map<String, String> stored)
			throws InterruptedException, SourceException {
		PartitionKey first = PartitionKey.of(new TopicPartition(name, 0), topic.id(), cluster, this.group);
		if (this.inbound.start() == Start.EARLIEST || stored.keySet().stream().anyMatch(first::isSameName)) {
			return true;
		}
		List<TopicPartition> partitions = topic.all(name);
		if (!partitions.stream().allMatch(topic::isLed)) {
			return false;
		}
		Map<TopicPartition, Long> begins = switch (this.inbound.start()) {
			case EARLIEST -> throw new IllegalStateException("There is nothing to store");
			case LATEST -> this.topics.ends(partitions);
			case TIMESTAMP -> this.topics.since(partitions, Objects.requireNonNull(this.inbound.startTimestamp()));
			case GROUP_OFFSETS -> this.topics.committed(this.group, partitions);
		};
		if (begins.size() < partitions.size()) {
			return false;
		}
		logger.info("Pipeline '{}': topic '{}' was never read, and is read from {}", this.pipeline.name(), name,
				begins);
		Collections.reverse(partitions);
		for (TopicPartition partition : partitions) {
			String key = PartitionKey.of(partition, topic.id(), cluster, this.group).toString();
			stored.put(key, this.pipeline.claim(key, String.valueOf(begins.get(partition))).position());
		}
		return true;
	}

	private String initial(PartitionKey key, Map<String, String> stored, long start) {
		if (!stored.containsKey(key.toString())) {
			if (key.hasId() && stored.containsKey(key.withoutId().toString())) {
				logger.info("Pipeline '{}': the broker gives the topic of '{}' an id now; it is read on",
						this.pipeline.name(), key.name());
				return Objects.requireNonNull(stored.get(key.withoutId().toString()));
			}
			if (key.hasId() && stored.keySet().stream().anyMatch(key::isSameName)) {
				logger.warn("Pipeline '{}': the topic of '{}' was deleted and created again since it was read; the new "
						+ "one is read from its beginning", this.pipeline.name(), key.name());
			}
		}
		return String.valueOf(start);
	}

	/**
	 * Returns where to read on, or {@code null} if that cannot be said now.
	 * @param gaps where a gap is added that an operator is to see before
	 */
	private @Nullable Long position(AssignedPartition partition, PartitionKey key, Claim claim, long start, long logEnd,
			List<String> gaps) throws InterruptedException {
		long end = Math.max(start, partition.end(logEnd));
		long position;
		try {
			position = Long.parseLong(claim.position());
		}
		catch (NumberFormatException ex) {
			this.pipeline.fail("The position '" + claim.position() + "' of '" + key
					+ "' is no offset. Reset it to a number, and resume the pipeline");
			return null;
		}
		if (position >= start && position <= end) {
			return position;
		}
		long next = next(key, position, start, end);
		boolean replaced = position > end && partition.end(logEnd) < logEnd;
		String gap = replaced ? replaced(partition, position, logEnd)
				: gap(partition.partition(), position, start, end);
		boolean stop = this.inbound.onGap() == OnGap.STOP && (replaced || this.accepted.add(key + "@" + position));
		// that records were replaced would not be noticed again after a restart
		if ((replaced || !stop) && !move(claim, next)) {
			return null;
		}
		if (stop) {
			gaps.add(gap + " Resume the pipeline to go on at offset " + next + ".");
			return null;
		}
		logger.warn("Pipeline '{}': {} Going on at offset {}", this.pipeline.name(), gap, next);
		if (position < start) {
			this.missing.increment(start - position);
		}
		return next;
	}

	private boolean move(Claim claim, long next) throws InterruptedException {
		EventBatch move = new EventBatch(List.of(), List.of(claim.advance(claim.position(), String.valueOf(next))));
		return this.pipeline.deliver(move).lostKeys().isEmpty();
	}

	/**
	 * Behind the end, the log was cut off and grows again from there, or has grown
	 * already, unless it may be that of another topic of that name.
	 */
	private static long next(PartitionKey key, long position, long start, long end) {
		return (position < start || !key.hasId()) ? start : end;
	}

	private static String replaced(AssignedPartition partition, long position, long end) {
		return ("Partition '%s' was read up to offset %d, but other records have taken the place of those from offset "
				+ "%d on.")
			.formatted(partition, position, partition.end(end));
	}

	private static String gap(TopicPartition partition, long position, long start, long end) {
		return (position < start)
				? ("%d records of partition '%s' are gone before they were read: offset %d is next, and the oldest "
						+ "there is is %d (retention?).")
					.formatted(start - position, partition, position, start)
				: ("Partition '%s' ends at offset %d, %d records before offset %d, which is next: it has lost records, "
						+ "or is another topic's.")
					.formatted(partition, end, position - end, position);
	}

}
