package org.megaetl.connector.kafka;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

import org.megaetl.connector.kafka.KafkaTopics.Description;
import org.megaetl.connector.kafka.KafkaTopics.SourceException;
import org.megaetl.connector.kafka.KafkaTopics.Topic;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims the partitions of a consumer, and looks up whether they are still those that
 * were claimed, for as long as it takes until the brokers answer.
 */
final class ClaimAttempts {

	private static final Logger logger = LoggerFactory.getLogger(ClaimAttempts.class);

	private final PullPipeline pipeline;

	private final KafkaTopics topics;

	private final PartitionClaimer claimer;

	private final BrokerPatience patience;

	private final DeliveryLane.Reader reader;

	ClaimAttempts(PullPipeline pipeline, KafkaTopics topics, PartitionClaimer claimer, BrokerPatience patience,
			DeliveryLane.Reader reader) {
		this.pipeline = pipeline;
		this.topics = topics;
		this.claimer = claimer;
		this.patience = patience;
		this.reader = reader;
	}

	/**
	 * Claims partitions but for those that are taken away meanwhile.
	 */
	void claim(Collection<AssignedPartition> partitions) {
		safely("Partitions cannot be claimed", partitions, () -> claimAlive(partitions));
	}

	/**
	 * Looks up whether topics are still those that were claimed. Of partitions of others,
	 * only what was delivered before is written.
	 */
	void check(Collection<AssignedPartition> partitions) {
		safely("Topics cannot be checked", partitions, () -> checkAlive(partitions));
	}

	private void safely(String failed, Collection<AssignedPartition> partitions, Task task) {
		try {
			task.run();
		}
		catch (InterruptedException ex) {
			logger.debug("The adapter stops", ex);
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | Error ex) {
			logger.error("Pipeline '{}': {}: {}", this.pipeline.name(), failed, partitions, ex);
			this.pipeline.fail(failed + ": " + ex);
			this.reader.lost(partitions);
		}
	}

	private void claimAlive(Collection<AssignedPartition> partitions) throws InterruptedException {
		Object reader = new Object();
		while (this.pipeline.awaitRunning()) {
			// each time: they may be taken away for as long as the brokers do not answer
			List<AssignedPartition> alive = alive(partitions);
			if (alive.isEmpty()) {
				this.pipeline.sourceAvailable(reader);
				return;
			}
			try {
				this.claimer.claim(alive);
				this.pipeline.sourceAvailable(reader);
				this.reader.claimed(alive);
				return;
			}
			catch (SourceException ex) {
				this.patience.await(reader, ex);
			}
			catch (PipelineUnavailableException ex) {
				logger.debug("Not claimed", ex);
			}
		}
	}

	private void checkAlive(Collection<AssignedPartition> partitions) throws InterruptedException {
		Description description = this.patience.ask(() -> !alive(partitions).isEmpty(), () -> this.topics
			.describe(alive(partitions).stream().map((each) -> each.partition().topic()).collect(Collectors.toSet())));
		if (description == null) {
			return;
		}
		List<AssignedPartition> alive = alive(partitions);
		List<AssignedPartition> others = alive.stream().filter((each) -> {
			Topic topic = description.found().get(each.partition().topic());
			return topic != null && !topic.id().equals(each.topicId());
		}).toList();
		if (!others.isEmpty()) {
			this.reader.superseded(others);
		}
		if (alive.stream().anyMatch((each) -> description.isMissing(each.partition().topic()))) {
			this.reader.suspect();
		}
	}

	private static List<AssignedPartition> alive(Collection<AssignedPartition> partitions) {
		return partitions.stream().filter((each) -> !each.isGone()).toList();
	}

	/**
	 * Asks the brokers something.
	 */
	private interface Task {

		void run() throws InterruptedException;

	}

}
