package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.EventHeaders;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscribes to a channel, or to a pattern of channels. Redis keeps no message for
 * anybody, so each is delivered at most once: what comes while there is no connection, or
 * while the buffer is full, is lost. The buffer is never waited for, since Redis would
 * end the connection of a subscriber that does not listen.
 */
final class ChannelReader extends RedisReader {

	static final String CHANNEL_HEADER = "redis-channel";

	private static final Logger logger = LoggerFactory.getLogger(ChannelReader.class);

	private static final Duration WAIT = Duration.ofMillis(250);

	private static final Duration COMPLAINTS = Duration.ofSeconds(10);

	static final Duration PINGS = Duration.ofSeconds(10);

	private final RedisClientHandle client;

	private final String channel;

	private final boolean pattern;

	private final int batchSize;

	private final SourceState state;

	private final BlockingQueue<Event> buffer;

	private final Schedule complaints = new Schedule(COMPLAINTS);

	private boolean subscribed;

	ChannelReader(PullPipeline pipeline, RedisClientHandle client, String channel, boolean pattern, int batchSize,
			int buffer, SourceState state) {
		super(pipeline);
		this.client = client;
		this.channel = channel;
		this.pattern = pattern;
		this.batchSize = batchSize;
		this.state = state;
		this.buffer = new ArrayBlockingQueue<>(buffer);
	}

	@Override
	void read() throws InterruptedException {
		try (StatefulRedisPubSubConnection<String, byte[]> connection = this.client.openPubSub()) {
			connection.addListener(new Listener());
			if (this.pattern) {
				connection.sync().psubscribe(this.channel);
			}
			else {
				connection.sync().subscribe(this.channel);
			}
			subscribed();
			available();
			Schedule pings = new Schedule(PINGS);
			while (pipeline().awaitRunning()) {
				if (!connection.isOpen()) {
					throw new RedisConnectionException("The server has ended the subscription to '" + this.channel
							+ "', as it does if a subscriber does not keep up");
				}
				if (pings.isDue()) {
					ping(connection);
				}
				deliver();
			}
		}
		catch (InterruptedException ex) {
			if (!this.buffer.isEmpty()) {
				logger.warn("The application stops: {} messages of '{}' that were waiting are lost", this.buffer.size(),
						this.channel);
			}
			throw ex;
		}
	}

	/**
	 * Nothing comes over a connection that is broken on the way either, and a socket does
	 * not say so as long as nothing is sent.
	 */
	static void ping(StatefulRedisPubSubConnection<String, byte[]> connection) {
		try {
			connection.sync().ping();
		}
		catch (RedisCommandExecutionException ex) {
			logger.debug("The server is there, though it lets this user send no PING", ex);
		}
	}

	private void subscribed() {
		if (this.subscribed) {
			long disconnects = this.state.count("disconnects", 1);
			logger.warn("Subscribed to '{}' again, for the {}th time: what was published meanwhile is lost",
					this.channel, disconnects);
		}
		else {
			logger.info("Subscribed to '{}': its messages are delivered at most once", this.channel);
		}
		this.subscribed = true;
	}

	private void deliver() throws InterruptedException {
		Event first = this.buffer.poll(WAIT.toMillis(), TimeUnit.MILLISECONDS);
		if (first != null) {
			List<Event> events = new ArrayList<>();
			events.add(first);
			this.buffer.drainTo(events, this.batchSize - 1);
			this.state.lag((long) events.size() + this.buffer.size());
			// it may have been paused meanwhile
			try {
				if (pipeline().awaitRunning()) {
					pipeline().deliver(new EventBatch(events, List.of()));
				}
			}
			catch (InterruptedException | PipelineUnavailableException ex) {
				this.state.count("dropped", events.size());
				logger.warn("{} messages of '{}' that were being delivered are lost", events.size(), this.channel);
				throw ex;
			}
		}
		this.state.lag((long) this.buffer.size());
	}

	/**
	 * Called by the client's thread, which must not wait.
	 */
	private void received(String from, byte[] message) {
		Event event = Event.from(pipeline().name().toString(), message)
			.headers(EventHeaders.of(CHANNEL_HEADER, from))
			.build();
		if (!this.buffer.offer(event)) {
			long dropped = this.state.count("dropped", 1);
			if (this.complaints.isDue()) {
				logger.warn("The buffer of '{}' is full: {} messages were dropped so far", this.channel, dropped);
			}
		}
	}

	private final class Listener extends RedisPubSubAdapter<String, byte[]> {

		@Override
		public void message(String channel, byte[] message) {
			received(channel, message);
		}

		@Override
		public void message(String pattern, String channel, byte[] message) {
			received(channel, message);
		}

	}

}
