package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SslConfigs;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Inbound;
import org.megaetl.pipeline.PipelineSettings;

import org.springframework.boot.kafka.autoconfigure.SslBundleSslEngineFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.StringUtils;

/**
 * The properties of an inbound's clients: what is configured for the inbound, else what
 * is configured under {@code spring.kafka}, else what suits reading in batches.
 */
final class KafkaClients {

	private static final Map<String, Object> DEFAULTS = Map.of(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2000,
			ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed", ConsumerConfig.METADATA_MAX_AGE_CONFIG, 30_000,
			ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);

	/**
	 * Several polls of small records. More would only be kept: the client holds each
	 * answer in a single array until the last record of it is polled, and that in native
	 * memory as well.
	 */
	private static final int MAX_FETCH = 4 << 20;

	private static final int MIN_FETCH = 256 << 10;

	/**
	 * How many times what all consumers may fetch at once fits into the memory, and what
	 * is enough to have under way.
	 */
	static final int MEMORY_SHARE = 8;

	/** How many partitions fill what a consumer fetches. */
	private static final int PARTITION_SHARE = 4;

	/** A broker that is away is not to hold up the database for long. */
	private static final Map<String, Object> PRODUCER_DEFAULTS = Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000,
			ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 15_000,
			ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);

	/** What the connector decides, as it would not work otherwise. */
	private static final Map<String, Object> FIXED = Map.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
			ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");

	private static final Set<String> FORBIDDEN = Set.of(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
			ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
			ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ConsumerConfig.GROUP_ID_CONFIG,
			ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);

	/** A sender waits: it is told soon that a broker is away. */
	private static final Map<String, Object> BUFFER_DEFAULTS = Map.of(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
			ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);

	/** As it would not keep its promise otherwise, or block the threads of senders. */
	private static final Map<String, Object> BUFFER_FIXED = Map.of(ProducerConfig.ACKS_CONFIG, "all",
			ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true, ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE,
			ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5, ProducerConfig.MAX_BLOCK_MS_CONFIG, 0,
			// a topic that nothing is sent to for a while is not to be asked for again
			ProducerConfig.METADATA_MAX_IDLE_CONFIG, Duration.ofDays(3650).toMillis());

	private final Map<String, Object> consumer;

	private final Map<String, Object> producer;

	private final Map<String, Object> buffer;

	/**
	 * Creates the properties.
	 * @param consumer the properties of {@code spring.kafka} for consumers
	 * @param producer those for producers
	 * @param group the consumer group
	 * @param inbound the inbound
	 * @param settings the inbound's pipeline
	 * @param bundles the SSL bundles
	 * @param consumers how many consumers the application has, which share its memory
	 * @throws InvalidConfigurationException if the inbound sets what it cannot
	 */
	KafkaClients(Map<String, Object> consumer, Map<String, Object> producer, String group, Inbound inbound,
			PipelineSettings settings, SslBundles bundles, int consumers) {
		for (String name : new TreeSet<>(inbound.properties().keySet())) {
			if (FORBIDDEN.contains(name)) {
				throw new InvalidConfigurationException(
						"'" + settings.property("properties") + "' sets '" + name + "', which the connector decides.",
						"Remove it. Where to begin is said by 'start', the brokers by 'bootstrap-servers', the group "
								+ "by 'group-id'; what is stored in the database decides where to read on.");
			}
		}
		this.consumer = new HashMap<>(DEFAULTS);
		int fetch = fetch(Runtime.getRuntime().maxMemory(), consumers);
		this.consumer.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, fetch);
		this.consumer.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, fetch / PARTITION_SHARE);
		this.consumer.putAll(consumer);
		override(this.consumer, inbound, settings, bundles);
		this.consumer.putAll(FIXED);
		this.consumer.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, fetchWait(this.consumer));
		this.consumer.put(ConsumerConfig.GROUP_ID_CONFIG, group);
		if (!isAssignedByBroker(this.consumer)) {
			// a member that comes or goes takes only the partitions that it needs
			this.consumer.putIfAbsent(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
					CooperativeStickyAssignor.class.getName());
		}
		Map<String, Object> configured = new HashMap<>(producer);
		if (Brokers.isFallback(producer)) {
			// somebody has named those of consumers only
			configured.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
					this.consumer.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG));
		}
		this.producer = producer(PRODUCER_DEFAULTS, configured, inbound, settings, bundles);
		this.buffer = producer(BUFFER_DEFAULTS, configured, inbound, settings, bundles);
		this.buffer.putAll(BUFFER_FIXED);
	}

	/**
	 * Returns how many bytes a consumer fetches at once.
	 * @param memory the memory there is, in bytes
	 * @param consumers how many consumers share it
	 */
	static int fetch(long memory, int consumers) {
		return (int) Math.max(MIN_FETCH, Math.min(MAX_FETCH, memory / MEMORY_SHARE / consumers));
	}

	/**
	 * Returns how long a broker waits for a record before it answers that there is none.
	 * A record ends the wait, so that it may be long, but not so long that the answer is
	 * missed.
	 */
	private static int fetchWait(Map<String, Object> properties) {
		return (int) Math.min(KafkaReader.IDLE.toMillis(),
				number(properties, ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG) / 2);
	}

	private static int number(Map<String, Object> properties, String name) {
		return number(properties, name, ConsumerConfig.configDef());
	}

	private static int number(Map<String, Object> properties, String name, ConfigDef definition) {
		Object value = properties.getOrDefault(name, definition.defaultValues().get(name));
		return ((Long) ConfigDef.parseType(name, value, ConfigDef.Type.LONG)).intValue();
	}

	private static Map<String, Object> producer(Map<String, Object> defaults, Map<String, Object> configured,
			Inbound inbound, PipelineSettings settings, SslBundles bundles) {
		Map<String, Object> properties = new HashMap<>(defaults);
		properties.putAll(configured);
		override(properties, inbound, settings, bundles);
		properties.keySet()
			.removeIf((name) -> inbound.properties().containsKey(name) && !ProducerConfig.configNames().contains(name));
		if (inbound.properties().containsKey(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG)) {
			// those are a consumer's, which are of another type
			properties.remove(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG);
			properties.computeIfAbsent(ProducerConfig.INTERCEPTOR_CLASSES_CONFIG, configured::get);
		}
		if (!configured.containsKey(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)
				&& !inbound.properties().containsKey(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG)) {
			properties.merge(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, leastDeliveryTimeout(properties),
					(ours, least) -> Math.max((Integer) ours, (Integer) least));
		}
		// it would have to begin transactions, and fence the producer of another replica
		properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
		return properties;
	}

	/**
	 * Returns how long a delivery may take at least: the client refuses less.
	 */
	private static int leastDeliveryTimeout(Map<String, Object> properties) {
		ConfigDef definition = ProducerConfig.configDef();
		long least = (long) number(properties, ProducerConfig.LINGER_MS_CONFIG, definition)
				+ number(properties, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, definition);
		return (int) Math.min(least, Integer.MAX_VALUE);
	}

	private static void override(Map<String, Object> properties, Inbound inbound, PipelineSettings settings,
			SslBundles bundles) {
		if (inbound.bootstrapServers() != null && !inbound.bootstrapServers().isEmpty()) {
			properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, inbound.bootstrapServers());
		}
		if (StringUtils.hasText(inbound.sslBundle())) {
			try {
				properties.put(SslBundle.class.getName(), bundles.getBundle(inbound.sslBundle()));
			}
			catch (NoSuchSslBundleException ex) {
				throw new InvalidConfigurationException(
						"'" + settings.property("ssl-bundle") + "' names the SSL bundle '" + inbound.sslBundle()
								+ "', which does not exist.",
						"Configure it under 'spring.ssl.bundle', or name one that exists.", ex);
			}
			properties.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, SslBundleSslEngineFactory.class.getName());
		}
		properties.putAll(inbound.properties());
	}

	/**
	 * Returns the properties of one of the consumers. Names that must not be those of
	 * another get its number.
	 * @param number the number, from 0
	 */
	Map<String, Object> consumer(int number) {
		Map<String, Object> properties = new HashMap<>(this.consumer);
		for (String name : List.of(ConsumerConfig.CLIENT_ID_CONFIG, ConsumerConfig.GROUP_INSTANCE_ID_CONFIG)) {
			properties.computeIfPresent(name, (key, value) -> value + "-" + number);
		}
		return properties;
	}

	/**
	 * Returns whether the broker assigns partitions to a consumer with these properties
	 * (KIP-848).
	 */
	static boolean isAssignedByBroker(Map<String, Object> properties) {
		return "consumer".equalsIgnoreCase(String.valueOf(properties.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)));
	}

	int maxPollRecords() {
		return number(this.consumer, ConsumerConfig.MAX_POLL_RECORDS_CONFIG);
	}

	int fetchMaxBytes() {
		return number(this.consumer, ConsumerConfig.FETCH_MAX_BYTES_CONFIG);
	}

	Map<String, Object> producer() {
		return this.producer;
	}

	/**
	 * Returns the properties of a producer that keeps events for senders that wait.
	 */
	Map<String, Object> buffer() {
		return this.buffer;
	}

	String group() {
		return String.valueOf(this.consumer.get(ConsumerConfig.GROUP_ID_CONFIG));
	}

	String bootstrapServers() {
		return bootstrapServers(this.consumer);
	}

	/**
	 * Returns the brokers that the properties of a client name.
	 */
	static String bootstrapServers(Map<String, Object> properties) {
		Object servers = properties.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG);
		return (servers instanceof Iterable<?> several) ? String.join(",", names(several)) : String.valueOf(servers);
	}

	private static Set<String> names(Iterable<?> values) {
		Set<String> names = new TreeSet<>();
		values.forEach((value) -> names.add(String.valueOf(value)));
		return names;
	}

	/**
	 * Returns the properties of a client for what is neither reading nor writing records.
	 */
	Map<String, Object> admin() {
		Map<String, Object> properties = new HashMap<>(this.consumer);
		properties.keySet()
			.removeIf((name) -> !AdminClientConfig.configNames().contains(name) && !name.startsWith("ssl.")
					&& !name.equals(SslBundle.class.getName()));
		properties.remove(AdminClientConfig.METADATA_MAX_AGE_CONFIG);
		return properties;
	}

}
