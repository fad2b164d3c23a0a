package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.redis.RedisConnectorProperties.After;
import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;
import org.megaetl.pipeline.PipelineSettings;

/**
 * What an inbound can read, and which properties belong to it.
 */
enum SourceKind {

	STREAM(Set.of("group", "consumer", "start", "payload", "claim-after", "consumer-retention", "max-length", "max-age",
			"delete-acknowledged", "max-deliveries")),

	LIST(Set.of("take-from", "dead-after", "max-deliveries")),

	KEYS(Set.of("after", "rename-prefix", "poll-interval", "dead-after", "max-deliveries")),

	CHANNEL(Set.of("buffer")),

	PATTERN(Set.of("buffer"));

	private final Set<String> properties;

	SourceKind(Set<String> properties) {
		this.properties = properties;
	}

	/**
	 * Returns what an inbound reads, after all of its properties have been checked.
	 * @param inbound the inbound
	 * @param settings name its properties
	 * @return the one kind
	 * @throws InvalidConfigurationException if there is not exactly one, or a property
	 * belongs to another
	 */
	static SourceKind of(Inbound inbound, PipelineSettings settings) {
		Map<SourceKind, @Nullable String> sources = new LinkedHashMap<>();
		sources.put(STREAM, inbound.stream());
		sources.put(LIST, inbound.list());
		sources.put(KEYS, inbound.keys());
		sources.put(CHANNEL, inbound.channel());
		sources.put(PATTERN, inbound.pattern());
		sources.values().removeIf(Objects::isNull);
		if (sources.size() != 1) {
			String found = sources.isEmpty() ? "says nothing about what to read"
					: "says to read " + String.join(" and ", sources.keySet().stream().map(SourceKind::key).toList());
			throw new InvalidConfigurationException("The inbound '" + settings.name() + "' " + found + ".",
					"Set exactly one of '" + settings.property("stream") + "', 'list', 'keys', 'channel' and "
							+ "'pattern'.");
		}
		SourceKind kind = sources.keySet().iterator().next();
		kind.check(inbound, settings);
		return kind;
	}

	String key() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Whether two inbounds would take events from each other. It cannot be seen if two
	 * patterns of keys have keys in common, or two connections lead to one server.
	 * @param inbound an inbound of this kind
	 * @param other another inbound
	 */
	boolean isShared(Inbound inbound, Inbound other) {
		return inbound.connection().equals(other.connection()) && switch (this) {
			case STREAM -> Objects.equals(inbound.stream(), other.stream()) && group(inbound).equals(group(other));
			case LIST -> Objects.equals(inbound.list(), other.list());
			case KEYS -> Objects.equals(inbound.keys(), other.keys())
					&& !(inbound.after() == After.KEEP && other.after() == After.KEEP);
			case CHANNEL, PATTERN -> false;
		};
	}

	private static String group(Inbound inbound) {
		return Objects.requireNonNullElse(inbound.group(), StreamSettings.GROUP);
	}

	private void check(Inbound inbound, PipelineSettings settings) {
		List<String> foreign = new ArrayList<>();
		set(inbound).forEach((property, value) -> {
			if (value != null && !this.properties.contains(property)) {
				foreign.add(property);
			}
		});
		if (!foreign.isEmpty()) {
			throw new InvalidConfigurationException("'" + settings.property(foreign.get(0))
					+ "' is set, but the inbound " + "reads '" + key() + "', for which it has no meaning.",
					"Remove it.");
		}
		if (inbound.concurrency() > 1 && (this == CHANNEL || this == PATTERN)) {
			throw new InvalidConfigurationException("'" + settings.property("concurrency") + "' is "
					+ inbound.concurrency() + ", but each subscriber of a channel gets every message.", "Remove it.");
		}
		if (this == LIST) {
			HashTag.check(Objects.requireNonNull(inbound.list()), settings.property("list"));
		}
		if (this == KEYS) {
			checkKeys(inbound, settings);
		}
	}

	private static void checkKeys(Inbound inbound, PipelineSettings settings) {
		boolean rename = inbound.after() == After.RENAME;
		String prefix = inbound.renamePrefix();
		if (rename != (prefix != null)) {
			throw new InvalidConfigurationException(
					rename ? "'" + settings.property("after") + "' is rename, but there is no prefix for the new names."
							: "'" + settings.property("rename-prefix") + "' is set, but keys are not renamed.",
					"Set both '" + settings.property("after") + "=rename' and '" + settings.property("rename-prefix")
							+ "', such as 'done:', or neither.");
		}
		if (prefix != null) {
			String literal = Objects.requireNonNull(inbound.keys()).split("[*?\\[\\\\]", 2)[0];
			if (literal.startsWith(prefix) || prefix.startsWith(literal)) {
				throw new InvalidConfigurationException(
						"Keys renamed with '" + settings.property("rename-prefix") + "=" + prefix + "' could match '"
								+ settings.property("keys") + "=" + inbound.keys() + "' and be read again.",
						"Choose a prefix that is different from how the keys begin.");
			}
		}
	}

	private static Map<String, @Nullable Object> set(Inbound inbound) {
		Map<String, @Nullable Object> set = new LinkedHashMap<>();
		set.put("group", inbound.group());
		set.put("consumer", inbound.consumer());
		set.put("start", inbound.start());
		set.put("payload", inbound.payload());
		set.put("claim-after", inbound.claimAfter());
		set.put("consumer-retention", inbound.consumerRetention());
		set.put("max-length", inbound.maxLength());
		set.put("max-age", inbound.maxAge());
		set.put("delete-acknowledged", inbound.deleteAcknowledged());
		set.put("max-deliveries", inbound.maxDeliveries());
		set.put("take-from", inbound.takeFrom());
		set.put("dead-after", inbound.deadAfter());
		set.put("after", inbound.after());
		set.put("rename-prefix", inbound.renamePrefix());
		set.put("poll-interval", inbound.pollInterval());
		set.put("buffer", inbound.buffer());
		return set;
	}

}
