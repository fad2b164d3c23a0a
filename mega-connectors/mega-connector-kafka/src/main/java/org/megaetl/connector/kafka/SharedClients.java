package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Future;

import org.apache.kafka.clients.admin.Admin;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * What the inbounds of an application share, so that one more costs little: a client that
 * asks about topics, for all that reach the same brokers in the same way, a thread that
 * looks after consumers now and then, and the memory for batches. It is a bean of its own
 * and so outlives all consumers.
 */
class SharedClients implements DisposableBean {

	/** Names that did not resolve are not asked for again for ten seconds anyway. */
	private static final Duration RETRY = Duration.ofSeconds(5);

	private final Map<Map<String, Object>, KafkaTopics> topics = new HashMap<>();

	private final BatchRoom.All batches = new BatchRoom.All(
			Runtime.getRuntime().maxMemory() / KafkaClients.MEMORY_SHARE);

	/**
	 * Not a bean: it would take the place of the application's own. Its thread, like
	 * those of consumers, keeps an application without a web server running.
	 */
	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	SharedClients() {
		this.scheduler.setThreadNamePrefix("mega-kafka-monitor-");
		this.scheduler.initialize();
	}

	/**
	 * Returns who asks about topics, the same for equal properties.
	 * @param properties the properties of its client, which do not change any more
	 */
	synchronized KafkaTopics topics(Map<String, Object> properties) {
		return this.topics.computeIfAbsent(properties, (key) -> new KafkaTopics(
				() -> UnresolvedBrokersException.make(KafkaClients.bootstrapServers(key), () -> Admin.create(key))));
	}

	/**
	 * Returns what notices, for any number of consumers, that one polls no more.
	 */
	TaskScheduler scheduler() {
		return this.scheduler;
	}

	/**
	 * Has something tried again that could not be done now.
	 * @param task what is tried
	 * @return cancels it
	 */
	Future<?> later(Runnable task) {
		return this.scheduler.schedule(task, this.scheduler.getClock().instant().plus(RETRY));
	}

	/**
	 * Returns the room of one more consumer.
	 * @param clients its properties
	 */
	BatchRoom room(KafkaClients clients) {
		return new BatchRoom(this.batches, clients.maxPollRecords(), clients.fetchMaxBytes());
	}

	@Override
	public synchronized void destroy() {
		this.topics.values().forEach(KafkaTopics::close);
		this.scheduler.destroy();
	}

}
