package org.megaetl.connector.redis;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.redis.RedisProperties.Inbound;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;

/**
 * Tells a person what is read, for the summary at start.
 */
class RedisDescriber implements InboundDescriber {

	private static final String EVENT = " '{\"hello\": \"world\"}'";

	private final RedisProperties properties;

	RedisDescriber(RedisProperties properties) {
		this.properties = properties;
	}

	@Override
	public @Nullable Description describe(PipelineName pipeline) {
		Inbound inbound = this.properties.inbound().get(pipeline.inbound());
		if (!pipeline.connector().equals(RedisInbounds.CONNECTOR) || inbound == null) {
			return null;
		}
		if (inbound.stream() != null) {
			return new Description("stream " + inbound.stream(),
					"redis-cli XADD " + inbound.stream() + " '*' payload" + EVENT);
		}
		if (inbound.list() != null) {
			String push = (inbound.takeFrom() == RedisProperties.End.RIGHT) ? "LPUSH " : "RPUSH ";
			return new Description("list " + inbound.list(), "redis-cli " + push + inbound.list() + EVENT);
		}
		if (inbound.keys() != null) {
			String key = inbound.keys().replace("*", "1");
			return new Description(
					"keys " + inbound.keys()
							+ ((inbound.after() == RedisProperties.After.KEEP) ? " (at least once)" : ""),
					"redis-cli HSET " + key + " hello world");
		}
		if (inbound.channel() != null) {
			return new Description("channel " + inbound.channel() + " (at most once)",
					"redis-cli PUBLISH " + inbound.channel() + EVENT);
		}
		return new Description("channels " + inbound.pattern() + " (at most once)", null);
	}

}
