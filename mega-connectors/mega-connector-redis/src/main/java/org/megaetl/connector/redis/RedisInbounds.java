package org.megaetl.connector.redis;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.redis.RedisConnectorProperties.After;
import org.megaetl.connector.redis.RedisConnectorProperties.End;
import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.util.StringUtils;

/**
 * Checks all inbounds of the Redis connector, and creates their pipelines and readers.
 */
final class RedisInbounds {

	static final String CONNECTOR = "redis";

	private static final String PREFIX = "mega.connectors.redis.";

	private static final String REMOVE_ONE = "Remove one of the two: one transformer can write rows of several tables.";

	/**
	 * The most bytes that a reader of a list claims at once, but for the last element.
	 */
	private static final long MAX_BATCH_BYTES = 16 << 20;

	/**
	 * How many times what all readers of lists claim at once fits into the memory: they
	 * are there several times on their way to the database.
	 */
	private static final int MEMORY_SHARE = 16;

	private final RedisClients clients;

	private final Pipelines pipelines;

	private final String namespace;

	private final ScheduledExecutorService heartbeats;

	/**
	 * Creates a factory of readers.
	 * @param clients where they get their connections from
	 * @param pipelines creates the pipelines
	 * @param namespace the application's name in tables and in Redis
	 * @param heartbeats where readers say that they live, while they wait for a commit
	 */
	RedisInbounds(RedisClients clients, Pipelines pipelines, String namespace, ScheduledExecutorService heartbeats) {
		this.clients = clients;
		this.pipelines = pipelines;
		this.namespace = namespace;
		this.heartbeats = heartbeats;
	}

	/**
	 * Creates the readers of all inbounds.
	 * @param properties the configuration
	 * @return the readers
	 * @throws InvalidConfigurationException if there is a mistake in the configuration
	 */
	List<RedisReader> create(RedisConnectorProperties properties) {
		if (properties.inbound().isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "enabled' is true, but no inbound is configured, so that nothing can be read.",
					"Add an inbound, such as '" + PREFIX + "inbound.orders.stream=orders' and '" + PREFIX
							+ "inbound.orders.transformer=order', or set '" + PREFIX + "enabled' to false.");
		}
		// all is checked before the first pipeline is created
		List<Source> sources = new ArrayList<>();
		properties.inbound().forEach((name, inbound) -> {
			PipelineSettings settings = new PipelineSettings(PipelineName.ofInbound(CONNECTOR, name),
					inbound.transformer(), inbound.id(), RejectPolicy.DEAD_LETTER);
			SourceKind kind = SourceKind.of(inbound, settings);
			sources.forEach((other) -> {
				if (kind.isShared(inbound, other.inbound())) {
					throw shared(kind, settings, other.settings());
				}
			});
			sources.add(new Source(kind, inbound, settings));
		});
		List<RedisReader> readers = new ArrayList<>();
		long batchBytes = batchBytes(sources);
		sources.forEach((source) -> readers.addAll(readers(source, batchBytes)));
		return readers;
	}

	private static InvalidConfigurationException shared(SourceKind kind, PipelineSettings settings,
			PipelineSettings other) {
		return new InvalidConfigurationException(
				("'%s' and '%s' name the same %s%s, so that what one of the two inbounds takes, the other would miss.")
					.formatted(other.property(kind.key()), settings.property(kind.key()), kind.key(),
							(kind == SourceKind.STREAM) ? " and group" : ""),
				switch (kind) {
					case STREAM ->
						"Set '" + settings.property("group") + "' to a group of its own, or remove one of the two.";
					case KEYS -> REMOVE_ONE + " Or set 'after' of both to keep.";
					default -> REMOVE_ONE;
				});
	}

	private static long batchBytes(List<Source> sources) {
		int lists = sources.stream()
			.filter((source) -> source.kind() == SourceKind.LIST)
			.mapToInt((source) -> source.inbound().concurrency())
			.sum();
		return Math.min(MAX_BATCH_BYTES, Runtime.getRuntime().maxMemory() / MEMORY_SHARE / Math.max(lists, 1));
	}

	private List<RedisReader> readers(Source source, long batchBytes) {
		PipelineSettings settings = source.settings();
		Inbound inbound = source.inbound();
		RedisClientHandle client = this.clients.client(inbound.connection(), settings.property("connection"));
		PullPipeline pipeline = this.pipelines.pull(settings);
		SourceState state = new SourceState();
		state.detail("delivery", delivery(source.kind(), inbound));
		pipeline.observe(state);
		List<RedisReader> readers = new ArrayList<>();
		for (int number = 0; number < inbound.concurrency(); number++) {
			readers.add(reader(source, batchBytes, client, pipeline, state, number));
		}
		return readers;
	}

	private RedisReader reader(Source source, long batchBytes, RedisClientHandle client, PullPipeline pipeline,
			SourceState state, int number) {
		PipelineSettings settings = source.settings();
		Inbound inbound = source.inbound();
		return switch (source.kind()) {
			case STREAM ->
				new StreamReader(pipeline, client, StreamSettings.of(inbound, RedisInbounds::host, number), state);
			case LIST -> {
				String list = Objects.requireNonNull(inbound.list());
				yield new ListReader(pipeline, client,
						ClaimSettings.of(inbound, HashTag.of(list), owner(settings), batchBytes), state,
						this.heartbeats, list, Objects.requireNonNullElse(inbound.takeFrom(), End.LEFT));
			}
			case KEYS ->
				new KeysReader(pipeline, client, ClaimSettings.of(inbound, "{mega}", owner(settings), batchBytes),
						state, this.heartbeats, KeysSettings.of(inbound));
			case CHANNEL,
					PATTERN ->
				new ChannelReader(pipeline, client,
						Objects.requireNonNull((inbound.channel() != null) ? inbound.channel() : inbound.pattern()),
						inbound.pattern() != null, inbound.batchSize(),
						Objects.requireNonNullElse(inbound.buffer(), 10_000), state);
		};
	}

	private static String delivery(SourceKind kind, Inbound inbound) {
		return switch (kind) {
			case STREAM, LIST -> "effectively-once";
			case KEYS -> (inbound.after() == After.KEEP) ? "at-least-once" : "effectively-once";
			case CHANNEL, PATTERN -> "at-most-once";
		};
	}

	private String owner(PipelineSettings settings) {
		return this.namespace + "/" + settings.stateId();
	}

	/**
	 * Returns the name of this host, which is the same after a restart.
	 */
	private static String host() {
		String name = System.getenv("HOSTNAME");
		if (StringUtils.hasText(name)) {
			return name;
		}
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			throw new InvalidConfigurationException("This host has no name that could be the consumer's.",
					"Set 'consumer' of each inbound to a name that no other instance has.", ex);
		}
	}

	/**
	 * An inbound that was checked.
	 */
	private record Source(SourceKind kind, Inbound inbound, PipelineSettings settings) {

	}

}
