package org.megaetl.connector.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the brokers say about topics.
 */
final class KafkaTopics implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(KafkaTopics.class);

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	/** Batches of other partitions wait meanwhile. */
	private static final Duration OFFSETS_TIMEOUT = Duration.ofSeconds(5);

	private final Supplier<Admin> admins;

	private @Nullable Admin admin;

	private final Set<String> withoutId = ConcurrentHashMap.newKeySet();

	private volatile @Nullable String clusterId;

	/**
	 * Creates the way to ask, unless the names of the brokers do not resolve: then it is
	 * created when something is asked.
	 * @param admins creates clients
	 */
	KafkaTopics(Supplier<Admin> admins) {
		this.admins = admins;
		try {
			this.admin = admins.get();
		}
		catch (UnresolvedBrokersException ex) {
			logger.debug("The client is created later", ex);
		}
	}

	private synchronized Admin admin() throws SourceException {
		Admin created = this.admin;
		if (created == null) {
			try {
				created = this.admins.get();
			}
			catch (KafkaException ex) {
				throw new SourceException(ex);
			}
			this.admin = created;
		}
		return created;
	}

	/**
	 * Returns the id of the cluster.
	 */
	String clusterId() throws InterruptedException, SourceException {
		String id = this.clusterId;
		if (id == null) {
			id = get(admin().describeCluster().clusterId(), TIMEOUT);
			this.clusterId = (id != null) ? id : "-";
		}
		return (id != null) ? id : "-";
	}

	/**
	 * Returns what is known of topics.
	 */
	Description describe(Collection<String> names) throws InterruptedException, SourceException {
		Map<String, Topic> topics = new HashMap<>();
		Set<String> refused = new HashSet<>();
		for (var entry : admin().describeTopics(names).topicNameValues().entrySet()) {
			TopicDescription description = null;
			try {
				description = getIfExists(entry.getValue(), TIMEOUT);
			}
			catch (SourceException ex) {
				if (!(ex.getCause() instanceof TopicAuthorizationException)) {
					throw ex;
				}
				logger.debug("The topic '{}' may not be described", entry.getKey(), ex);
				refused.add(entry.getKey());
			}
			if (description != null) {
				if (description.topicId().equals(Uuid.ZERO_UUID) && this.withoutId.add(entry.getKey())) {
					logger.warn("The broker gives the topic '{}' no id: should it be deleted and created again, that "
							+ "is noticed only if it has fewer records than were read before", entry.getKey());
				}
				topics.put(entry.getKey(), Topic.of(description));
			}
		}
		return new Description(topics, refused);
	}

	/**
	 * Returns the offset of the oldest record there is, by partition, without those that
	 * do not exist, or do not answer now.
	 */
	Map<TopicPartition, Long> starts(Collection<TopicPartition> partitions)
			throws InterruptedException, SourceException {
		return offsets(partitions, OffsetSpec.earliest());
	}

	/**
	 * Returns the offset behind the newest record, likewise.
	 */
	Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) throws InterruptedException, SourceException {
		return offsets(partitions, OffsetSpec.latest());
	}

	/**
	 * Returns the offset of the first record of a time or later, likewise; the end where
	 * there is none.
	 */
	Map<TopicPartition, Long> since(Collection<TopicPartition> partitions, Instant time)
			throws InterruptedException, SourceException {
		Map<TopicPartition, Long> offsets = offsets(partitions, OffsetSpec.forTimestamp(time.toEpochMilli()));
		Map<TopicPartition, Long> ends = ends(partitions);
		offsets.replaceAll((partition, offset) -> (offset >= 0) ? offset : ends.getOrDefault(partition, -1L));
		offsets.values().removeIf((offset) -> offset < 0);
		return offsets;
	}

	/**
	 * Returns the offset that a consumer group has committed, likewise; that of the
	 * oldest record where it has committed none. Partitions of which a transaction may
	 * still replace it do not answer either.
	 */
	Map<TopicPartition, Long> committed(String group, Collection<TopicPartition> partitions)
			throws InterruptedException, SourceException {
		Map<TopicPartition, Long> offsets = starts(partitions);
		// what is asked for by name and does not answer is left out; none is null
		Map<TopicPartition, OffsetAndMetadata> committed = get(admin()
			.listConsumerGroupOffsets(
					Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(offsets.keySet())),
					new ListConsumerGroupOffsetsOptions().requireStable(true))
			.partitionsToOffsetAndMetadata(group), OFFSETS_TIMEOUT);
		offsets.keySet().retainAll(committed.keySet());
		offsets.replaceAll((partition, start) -> {
			OffsetAndMetadata offset = committed.get(partition);
			return (offset != null) ? offset.offset() : start;
		});
		return offsets;
	}

	private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec spec)
			throws InterruptedException, SourceException {
		Map<TopicPartition, Long> offsets = new HashMap<>();
		if (partitions.isEmpty()) {
			return offsets;
		}
		ListOffsetsResult result = admin()
			.listOffsets(partitions.stream().collect(Collectors.toMap((partition) -> partition, (partition) -> spec)));
		Map<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> answers = new HashMap<>();
		partitions.forEach((partition) -> answers.put(partition, result.partitionResult(partition)));
		await(answers.values());
		for (Map.Entry<TopicPartition, KafkaFuture<ListOffsetsResultInfo>> each : answers.entrySet()) {
			try {
				ListOffsetsResultInfo info = getIfExists(each.getValue(), Duration.ZERO);
				if (info != null) {
					offsets.put(each.getKey(), info.offset());
				}
			}
			catch (SourceException ex) {
				if (!ex.isTransient()) {
					throw ex;
				}
				logger.debug("Partition '{}' does not answer", each.getKey(), ex);
			}
		}
		return offsets;
	}

	private static void await(Collection<KafkaFuture<ListOffsetsResultInfo>> answers) throws InterruptedException {
		try {
			KafkaFuture.allOf(answers.toArray(KafkaFuture[]::new))
				.get(OFFSETS_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("Not all partitions answer", ex);
		}
	}

	private static <T> @Nullable T getIfExists(KafkaFuture<T> future, Duration timeout)
			throws InterruptedException, SourceException {
		try {
			return get(future, timeout);
		}
		catch (SourceException ex) {
			if (ex.getCause() instanceof UnknownTopicOrPartitionException) {
				return null;
			}
			throw ex;
		}
	}

	private static <T> T get(KafkaFuture<T> future, Duration timeout) throws InterruptedException, SourceException {
		try {
			return future.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			throw new SourceException((ex.getCause() != null) ? ex.getCause() : ex);
		}
		catch (TimeoutException ex) {
			throw new SourceException(ex);
		}
	}

	@Override
	public synchronized void close() {
		if (this.admin != null) {
			this.admin.close();
		}
	}

	/**
	 * What is known of topics. Those that do not exist are in neither of the two.
	 *
	 * @param found the topics by name
	 * @param refused the names of those of which the brokers tell nothing, as the user
	 * may not know them
	 */
	record Description(Map<String, Topic> found, Set<String> refused) {

		/**
		 * Returns whether the brokers do not know a topic, now or any more.
		 */
		boolean isMissing(String name) {
			return !this.found.containsKey(name) && !this.refused.contains(name);
		}

	}

	/**
	 * A topic.
	 *
	 * @param id what tells it from others that had its name; zero if the broker gives no
	 * ids
	 * @param partitions how many partitions it has
	 * @param leaderless the numbers of those that no broker answers for now
	 */
	record Topic(Uuid id, int partitions, Set<Integer> leaderless) {

		private static Topic of(TopicDescription description) {
			return new Topic(description.topicId(), description.partitions().size(),
					description.partitions()
						.stream()
						.filter((partition) -> partition.leader() == null || partition.leader().isEmpty())
						.map(TopicPartitionInfo::partition)
						.collect(Collectors.toUnmodifiableSet()));
		}

		boolean has(TopicPartition partition) {
			return partition.partition() < this.partitions;
		}

		/**
		 * Returns whether there is somebody to ask about a partition.
		 */
		boolean isLed(TopicPartition partition) {
			return has(partition) && !this.leaderless.contains(partition.partition());
		}

		List<TopicPartition> all(String name) {
			return new ArrayList<>(IntStream.range(0, this.partitions)
				.mapToObj((number) -> new TopicPartition(name, number))
				.toList());
		}

	}

	/**
	 * The brokers did not answer, or refused to.
	 */
	static final class SourceException extends Exception {

		private static final long serialVersionUID = 1L;

		SourceException(Throwable cause) {
			super(cause.toString(), cause);
		}

		/**
		 * Returns whether it may be over soon, by itself.
		 */
		private boolean isTransient() {
			return getCause() instanceof TimeoutException || getCause() instanceof RetriableException;
		}

	}

}
