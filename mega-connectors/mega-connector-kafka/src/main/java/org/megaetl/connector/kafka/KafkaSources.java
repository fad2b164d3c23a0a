package org.megaetl.connector.kafka;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Inbound;
import org.megaetl.connector.kafka.KafkaConnectorProperties.Start;
import org.megaetl.deadletter.DeadLetterRelays;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.ConcurrentKafkaListenerContainerFactoryConfigurer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.util.CollectionUtils;
import org.springframework.util.StringUtils;

/**
 * All inbounds of the Kafka connector, checked.
 */
final class KafkaSources {

	static final String CONNECTOR = "kafka";

	private static final String PREFIX = "mega.connectors.kafka.";

	private final Map<PipelineName, ConfiguredInbound> inbounds = new LinkedHashMap<>();

	private final List<KafkaSource> sources = new ArrayList<>();

	private final GroupMembers groups = new GroupMembers();

	private final Spring spring;

	private final String namespace;

	private final @Nullable KafkaUrl url;

	private final Pipelines pipelines;

	private final Letters letters;

	private final SharedClients shared;

	private final int consumers;

	/**
	 * Checks the configuration and creates a pipeline for each inbound.
	 * @param properties the configuration
	 * @param namespace the first part of the default group
	 * @param url the environment variable, if it is set
	 * @param pipelines creates the pipelines
	 * @param letters the dead letters
	 * @param spring what Spring Boot has configured
	 * @param shared what inbounds share
	 * @throws InvalidConfigurationException if there is a mistake in the configuration
	 */
	KafkaSources(KafkaConnectorProperties properties, String namespace, @Nullable KafkaUrl url, Pipelines pipelines,
			Letters letters, Spring spring, SharedClients shared) {
		this.shared = shared;
		this.letters = letters;
		this.spring = spring;
		this.namespace = namespace;
		this.url = url;
		this.pipelines = pipelines;
		if (properties.inbound().isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "enabled' is true, but no inbound is configured, so that nothing can be read.",
					"Add an inbound, such as '" + PREFIX + "inbound.orders.topics=orders' and '" + PREFIX
							+ "inbound.orders.transformer=order', or set '" + PREFIX + "enabled' to false.");
		}
		this.consumers = properties.inbound().values().stream().mapToInt(Inbound::concurrency).sum();
		properties.inbound().forEach(this::add);
	}

	private void add(String name, Inbound inbound) {
		SchemaDecoder decoder = decoder(name, inbound);
		PipelineSettings settings = new PipelineSettings(PipelineName.ofInbound(CONNECTOR, name), inbound.transformer(),
				inbound.id(), RejectPolicy.DEAD_LETTER, null, decoder);
		checkStart(inbound, settings);
		Subscription subscription = subscription(inbound, settings);
		checkDeadLetterTopic(inbound, subscription, settings);
		Object configured = this.spring.consumer().get(ConsumerConfig.GROUP_ID_CONFIG);
		String group = StringUtils.hasText(inbound.groupId()) ? inbound.groupId()
				: (configured != null) ? configured.toString() : this.namespace + "." + settings.name();
		KafkaClients clients = new KafkaClients(this.spring.consumer(), this.spring.producer(), group, inbound,
				settings, this.spring.bundles(), this.consumers);
		checkBrokers(inbound, settings);
		this.groups.add(settings, clients, subscription);
		PullPipeline pipeline = this.pipelines.pull(settings);
		KafkaTopics topics = this.shared.topics(clients.admin());
		Counter missing = Counter.builder("mega.kafka.missed")
			.description("Records that were gone before they were read")
			.tag("pipeline", settings.name().toString())
			.register(this.spring.meters());
		KafkaSource source = new KafkaSource(pipeline, this.shared);
		PartitionClaimer claimer = new PartitionClaimer(pipeline, topics, group, inbound, missing);
		RecordMapper mapper = new RecordMapper(settings.name().toString(), inbound.tombstones());
		for (int number = 0; number < inbound.concurrency(); number++) {
			String threads = settings.name() + "-" + number;
			BatchRoom room = this.shared.room(clients);
			KafkaReader reader = new KafkaReader(pipeline, this.spring.clock(), room,
					(owner) -> new DeliveryLane(threads, pipeline, mapper, topics, claimer, decoder, room, owner));
			source.add(reader, container(reader, clients, subscription, number, pipeline));
		}
		if (StringUtils.hasText(inbound.deadLetterTopic())) {
			source.relay(new DeadLetterRelay(settings.stateId(), inbound.deadLetterTopic(), clients,
					this.letters.relays(), this.letters.letters()));
		}
		this.sources.add(source);
		this.inbounds.put(settings.name(), new ConfiguredInbound(pipeline, subscription, inbound, clients));
	}

	@SuppressWarnings("unchecked")
	private ConcurrentMessageListenerContainer<byte[], byte[]> container(KafkaReader reader, KafkaClients clients,
			Subscription subscription, int number, PullPipeline pipeline) {
		String name = pipeline.name() + "-" + number;
		ReaderConsumerFactory consumers = new ReaderConsumerFactory(clients.consumer(number), reader);
		consumers.setBeanName(name);
		this.spring.customizers().forEach((customizer) -> customizer.customize(consumers));
		var factory = new ConcurrentKafkaListenerContainerFactory<Object, Object>();
		// Spring Boot's own type, whatever the records are
		this.spring.containers()
			.configure(factory, (ConsumerFactory<Object, Object>) (ConsumerFactory<?, ?>) consumers);
		factory.setConcurrency(1);
		factory.setBatchListener(true);
		factory.setCommonErrorHandler(new ReaderErrorHandler(reader, pipeline));
		ConcurrentMessageListenerContainer<?, ?> container = (subscription.pattern() != null)
				? factory.createContainer(subscription.pattern())
				: factory.createContainer(subscription.topics().toArray(String[]::new));
		ContainerProperties properties = container.getContainerProperties();
		properties.setAckMode(ContainerProperties.AckMode.MANUAL);
		properties.setAssignmentCommitOption(ContainerProperties.AssignmentCommitOption.NEVER);
		properties.setPollTimeout(KafkaReader.IDLE.toMillis());
		properties.setScheduler(this.shared.scheduler());
		properties.setMissingTopicsFatal(false);
		// rolled back, its transaction would have records read again that are written
		properties.setKafkaAwareTransactionManager(null);
		if (properties.getAuthExceptionRetryInterval() == null) {
			properties.setAuthExceptionRetryInterval(ReaderErrorHandler.PAUSE);
		}
		properties.setMessageListener(reader);
		properties.setConsumerRebalanceListener(reader);
		if (StringUtils.hasText(properties.getClientId())) {
			properties.setClientId(properties.getClientId() + "-" + number);
		}
		// each container has one consumer, which would be the first of them all
		container.setAlwaysClientIdSuffix(false);
		container.setBeanName(name);
		container.setAutoStartup(false);
		return (ConcurrentMessageListenerContainer<byte[], byte[]>) container;
	}

	private Subscription subscription(Inbound inbound, PipelineSettings settings) {
		if (StringUtils.hasText(inbound.topicPattern())) {
			if (!inbound.topics().isEmpty()) {
				throw new InvalidConfigurationException("'" + settings.property("topics") + "' and '"
						+ settings.property("topic-pattern") + "' are both set.", "Remove one of the two.");
			}
			try {
				return new Subscription(List.of(), Pattern.compile(inbound.topicPattern()));
			}
			catch (PatternSyntaxException ex) {
				throw new InvalidConfigurationException(
						"'" + settings.property("topic-pattern") + "' is '" + inbound.topicPattern()
								+ "', which is no regular expression: " + ex.getDescription() + ".",
						"Write a pattern that whole names match, such as orders-.*", ex);
			}
		}
		if (!inbound.topics().isEmpty()) {
			return new Subscription(inbound.topics(), null);
		}
		if (this.url != null && this.url.topic() != null) {
			return new Subscription(List.of(this.url.topic()), null);
		}
		throw new InvalidConfigurationException(
				"The inbound '" + PREFIX + "inbound." + settings.name().inbound() + "' names no topic.",
				"Set '" + settings.property("topics") + "' or '" + settings.property("topic-pattern")
						+ "', or the environment variable KAFKA_URL=kafka://host:port/topic.");
	}

	private @Nullable SchemaDecoder decoder(String name, Inbound inbound) {
		return StringUtils.hasText(inbound.schemaRegistry())
				? new SchemaDecoder(new SchemaRegistry(registry(inbound.schemaRegistry(), name), this.spring.clock()))
				: null;
	}

	private static void checkStart(Inbound inbound, PipelineSettings settings) {
		if ((inbound.start() == Start.TIMESTAMP) != (inbound.startTimestamp() != null)) {
			throw new InvalidConfigurationException(
					"'" + settings.property("start") + "' is '"
							+ inbound.start().name().toLowerCase(Locale.ROOT).replace('_', '-') + "', but '"
							+ settings.property("start-timestamp") + "' is "
							+ ((inbound.startTimestamp() != null) ? "set" : "not set") + ".",
					"To begin at a time, set 'start' to 'timestamp' and 'start-timestamp' to the time, such as "
							+ "2026-01-31T00:00:00Z.");
		}
	}

	private void checkBrokers(Inbound inbound, PipelineSettings settings) {
		if (!this.spring.brokers() && CollectionUtils.isEmpty(inbound.bootstrapServers())) {
			throw new InvalidConfigurationException(
					"Nothing says which brokers the inbound '" + PREFIX + "inbound." + settings.name().inbound()
							+ "' is to read from.",
					"Set 'spring.kafka.bootstrap-servers', '" + settings.property("bootstrap-servers")
							+ "' or the environment variable KAFKA_URL=kafka://host:port/topic. For development, add "
							+ "mega-devservices to the class path.");
		}
	}

	private static void checkDeadLetterTopic(Inbound inbound, Subscription subscription, PipelineSettings settings) {
		String topic = inbound.deadLetterTopic();
		if (StringUtils.hasText(topic) && subscription.includes(topic)) {
			throw new InvalidConfigurationException(
					"'" + settings.property("dead-letter-topic") + "' is '" + topic
							+ "', which the inbound reads, too (" + subscription
							+ "): each dead letter would be an event again, and its dead letter another.",
					"Name a topic that the inbound does not read.");
		}
	}

	/**
	 * The value is not printed, as it may have a password: so it is parsed here, and not
	 * when it is bound.
	 */
	private static URI registry(String url, String inbound) {
		URI parsed;
		try {
			parsed = new URI(url.strip());
		}
		catch (URISyntaxException ex) {
			parsed = URI.create("");
		}
		if (parsed.getHost() == null || !String.valueOf(parsed.getScheme()).startsWith("http")) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "inbound." + inbound + ".schema-registry' is not the URL of a schema registry.",
					"Write it as http://registry:8081, or https://user:password@registry:8081, with what is special in "
							+ "user and password percent-encoded, such as %40 for @.");
		}
		return parsed;
	}

	List<KafkaSource> all() {
		return this.sources;
	}

	@Nullable ConfiguredInbound find(PipelineName pipeline) {
		return this.inbounds.get(pipeline);
	}

	/**
	 * An inbound, checked.
	 *
	 * @param pipeline what reads it
	 * @param subscription the topics
	 * @param inbound what is configured
	 * @param clients the clients
	 */
	record ConfiguredInbound(PullPipeline pipeline, Subscription subscription, Inbound inbound, KafkaClients clients) {

	}

	/**
	 * What Spring Boot has configured.
	 *
	 * @param consumer properties of consumers
	 * @param producer properties of producers
	 * @param brokers whether somebody named the brokers
	 * @param containers configures containers as {@code spring.kafka.listener} says
	 * @param customizers what consumers are measured with, and the like
	 * @param bundles the SSL bundles
	 * @param meters the metrics
	 * @param clock the time
	 */
	record Spring(Map<String, Object> consumer, Map<String, Object> producer, boolean brokers,
			ConcurrentKafkaListenerContainerFactoryConfigurer containers,
			List<DefaultKafkaConsumerFactoryCustomizer> customizers, SslBundles bundles, MeterRegistry meters,
			Clock clock) {

		/**
		 * Returns the properties of consumers, but for the isolation level that Spring
		 * Boot sets where nobody asks for one.
		 */
		static Map<String, Object> properties(ConsumerFactory<?, ?> factory, Environment environment) {
			Map<String, Object> properties = new HashMap<>(factory.getConfigurationProperties());
			Binder binder = Binder.get(environment);
			boolean asked = binder.bind("spring.kafka.consumer.isolation-level", String.class).isBound()
					|| Stream.of("spring.kafka.properties", "spring.kafka.consumer.properties")
						.anyMatch((name) -> binder.bind(name, Bindable.mapOf(String.class, String.class))
							.orElse(Map.of())
							.containsKey(ConsumerConfig.ISOLATION_LEVEL_CONFIG));
			if (!asked) {
				properties.remove(ConsumerConfig.ISOLATION_LEVEL_CONFIG);
			}
			return properties;
		}

	}

	/**
	 * What is known of dead letters.
	 *
	 * @param relays which are to be sent elsewhere
	 * @param letters what they are
	 */
	record Letters(DeadLetterRelays relays, DeadLetterService letters) {

	}

}
