package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.models.stream.PendingMessage;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stream as one consumer of a group: first what it got before and did not
 * acknowledge, then what others left behind, then what is new.
 */
final class StreamReader extends RedisReader {

	private static final Logger logger = LoggerFactory.getLogger(StreamReader.class);

	private static final Duration BLOCK = Duration.ofSeconds(2);

	private static final Duration HOUSEKEEPING = Duration.ofMinutes(1);

	private final RedisClientHandle client;

	private final StreamSettings settings;

	private final StreamEntries entries;

	private final SourceState state;

	/** Whether the group has been there: created again, it must not skip anything. */
	private boolean opened;

	private final Schedule claims;

	private final Schedule housekeeping;

	StreamReader(PullPipeline pipeline, RedisClientHandle client, StreamSettings settings, SourceState state) {
		super(pipeline);
		this.client = client;
		this.settings = settings;
		this.entries = new StreamEntries(pipeline.name().toString(), settings.payload());
		this.state = state;
		this.claims = new Schedule(settings.claimInterval());
		this.housekeeping = new Schedule(min(HOUSEKEEPING, settings.consumerRetention()));
	}

	@Override
	void read() throws InterruptedException {
		Duration block = min(BLOCK, this.settings.claimInterval());
		try (RedisSession session = this.client.open(block)) {
			StreamGroup group = new StreamGroup(session, this.settings.stream(), this.settings.group(),
					this.settings.consumer());
			StreamCleanup cleanup = StreamCleanup.of(session, this.settings);
			open(group);
			available();
			// what was got before this connection
			String pending = StreamGroup.FIRST;
			while (pipeline().awaitRunning()) {
				try {
					pending = step(group, cleanup, pending, block);
				}
				catch (RedisCommandExecutionException ex) {
					if (!StreamGroup.isGone(ex)) {
						throw ex;
					}
					open(group);
					pending = StreamGroup.FIRST;
				}
			}
		}
	}

	private void open(StreamGroup group) {
		boolean created = group.open(this.opened ? StreamGroup.FIRST : this.settings.start());
		if (created && this.opened) {
			logger.warn("The consumer group '{}' of the stream '{}' was gone and is created again at its first entry",
					this.settings.group(), this.settings.stream());
		}
		this.opened = true;
	}

	/**
	 * Reads and delivers once.
	 * @param pending after which of this consumer's pending entries to read, or
	 * {@code null} if there are no more of them
	 * @return the same for the next step
	 */
	private @Nullable String step(StreamGroup group, StreamCleanup cleanup, @Nullable String pending, Duration block)
			throws InterruptedException {
		if (pending != null) {
			return again(group, cleanup, pending);
		}
		if (this.claims.isDue() && takeOver(group)) {
			return StreamGroup.FIRST;
		}
		if (this.housekeeping.isDue()) {
			long removed = group.removeIdle(this.settings.consumerRetention());
			if (removed > 0) {
				logger.info("Removed {} idle consumers of the group '{}' of the stream '{}'", removed,
						this.settings.group(), this.settings.stream());
			}
		}
		cleanup.trim();
		List<StreamMessage<String, byte[]>> messages = group.readNew(this.settings.batchSize(), block);
		boolean same = deliver(group, cleanup, messages, Map.of());
		return same ? null : StreamGroup.FIRST;
	}

	/**
	 * Delivers pending entries again: those that may have ended the process each alone,
	 * so that they take no neighbour with them.
	 */
	private @Nullable String again(StreamGroup group, StreamCleanup cleanup, String after) throws InterruptedException {
		Map<String, Long> deliveries = new HashMap<>();
		for (PendingMessage pending : group.pending(after, this.settings.batchSize())) {
			boolean suspect = Suspicion.isSuspect(pending.getRedeliveryCount(), this.settings.maxDeliveries());
			if (suspect && !deliveries.isEmpty()) {
				break;
			}
			deliveries.put(pending.getId(), pending.getRedeliveryCount());
			if (suspect) {
				break;
			}
		}
		if (deliveries.isEmpty()) {
			return null;
		}
		List<StreamMessage<String, byte[]>> messages = group.readPending(after, deliveries.size());
		if (messages.isEmpty()) {
			return null;
		}
		boolean same = deliver(group, cleanup, messages, deliveries);
		return same ? messages.get(messages.size() - 1).getId() : StreamGroup.FIRST;
	}

	private boolean takeOver(StreamGroup group) {
		int entries = 0;
		String next = StreamGroup.FIRST;
		do {
			StreamGroup.Taken taken = group.takeOver(this.settings.claimAfter(), this.settings.batchSize(), next);
			countDeleted(taken.deleted());
			entries += taken.entries();
			next = taken.next();
		}
		while (!next.equals(StreamGroup.FIRST) && entries < this.settings.batchSize());
		if (entries > 0) {
			logger.info("Took over {} entries of the stream '{}' that another consumer had for longer than {}", entries,
					this.settings.stream(), this.settings.claimAfter());
			this.state.count("taken-over", entries);
		}
		return entries > 0;
	}

	/**
	 * Delivers entries and acknowledges them.
	 * @return {@code false} if the stream was replaced meanwhile: nothing was
	 * acknowledged, and nothing delivered where it is not known which one the entries are
	 * of
	 */
	private boolean deliver(StreamGroup group, StreamCleanup cleanup, List<StreamMessage<String, byte[]>> messages,
			Map<String, Long> deliveries) throws InterruptedException {
		StreamGroup.State now = group.state();
		if (now == null) {
			open(group);
			return false;
		}
		observe(now);
		if (messages.isEmpty()) {
			return true;
		}
		List<String> ids = new ArrayList<>(messages.size());
		List<Event> events = new ArrayList<>(messages.size());
		for (StreamMessage<String, byte[]> message : messages) {
			ids.add(message.getId());
			if (!message.getBody().isEmpty()) {
				events.add(this.entries.event(message, group.identity(), Suspicion
					.refusal(deliveries.getOrDefault(message.getId(), 0L), this.settings.maxDeliveries())));
			}
		}
		countDeleted(messages.size() - events.size());
		if (!events.isEmpty()) {
			// it may have been paused while the read was blocked
			if (!pipeline().awaitRunning()) {
				return true;
			}
			pipeline().deliver(new EventBatch(events, List.of()));
		}
		if (!cleanup.acknowledge(group.identity(), ids)) {
			open(group);
			return false;
		}
		return true;
	}

	private void observe(StreamGroup.State now) {
		Long lag = now.lag();
		Long pending = now.pending();
		this.state.lag((lag != null && pending != null) ? Long.valueOf(lag + pending) : null);
		this.state.detail("pending", (pending != null) ? pending : 0);
	}

	private void countDeleted(int deleted) {
		if (deleted > 0) {
			long sum = this.state.count("deleted-while-pending", deleted);
			logger.warn("{} entries of the stream '{}' were deleted while they were pending, {} in all: they are lost",
					deleted, this.settings.stream(), sum);
		}
	}

	private static Duration min(Duration left, Duration right) {
		return (left.compareTo(right) < 0) ? left : right;
	}

}
