package org.megaetl.connector.redis;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;

import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;

/**
 * Tells a person what is read, for the summary at start.
 */
class RedisDescriber implements InboundDescriber {

	private static final String EVENT = " '{\"hello\": \"world\"}'";

	private final RedisConnectorProperties properties;

	private final @Nullable DataRedisConnectionDetails details;

	RedisDescriber(RedisConnectorProperties properties, @Nullable DataRedisConnectionDetails details) {
		this.properties = properties;
		this.details = details;
	}

	@Override
	public @Nullable Description describe(PipelineName pipeline) {
		Inbound inbound = this.properties.inbound().get(pipeline.inbound());
		if (!pipeline.connector().equals(RedisInbounds.CONNECTOR) || inbound == null) {
			return null;
		}
		String client = client(inbound);
		if (inbound.stream() != null) {
			String field = Objects.requireNonNullElse(inbound.payload(), StreamSettings.PAYLOAD);
			return new Description("stream " + inbound.stream(),
					client + " XADD " + inbound.stream() + " '*' " + field + EVENT);
		}
		if (inbound.list() != null) {
			String push = (inbound.takeFrom() == RedisConnectorProperties.End.RIGHT) ? "LPUSH " : "RPUSH ";
			return new Description("list " + inbound.list(), client + " " + push + inbound.list() + EVENT);
		}
		if (inbound.keys() != null) {
			String key = inbound.keys().replace("*", "1");
			return new Description(
					"keys " + inbound.keys()
							+ ((inbound.after() == RedisConnectorProperties.After.KEEP) ? " (at least once)" : ""),
					client + " HSET " + key + " hello world");
		}
		if (inbound.channel() != null) {
			return new Description("channel " + inbound.channel() + " (at most once)",
					client + " PUBLISH " + inbound.channel() + EVENT);
		}
		return new Description("channels " + inbound.pattern() + " (at most once)", null);
	}

	/**
	 * Returns how to call Redis' own client, where that is as simple as host and port.
	 */
	private String client(Inbound inbound) {
		DataRedisConnectionDetails details = this.details;
		if (!inbound.connection().isEmpty() || details == null || details.getSentinel() != null
				|| details.getCluster() != null || details.getMasterReplica() != null) {
			return "redis-cli";
		}
		Standalone server = Objects.requireNonNull(details.getStandalone());
		return "redis-cli -h " + server.getHost() + " -p " + server.getPort()
				+ ((server.getDatabase() > 0) ? " -n " + server.getDatabase() : "")
				+ ((details.getSslBundle() != null) ? " --tls" : "");
	}

}
