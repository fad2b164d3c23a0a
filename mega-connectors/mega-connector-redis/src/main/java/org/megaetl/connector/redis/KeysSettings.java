package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.redis.RedisConnectorProperties.After;
import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;

/**
 * What an inbound says about its keys, with defaults.
 *
 * @param pattern which keys
 * @param after what happens to them when their event is committed
 * @param renamePrefix what their names begin with then, if they are renamed
 * @param pollInterval how long to wait when none was found
 */
record KeysSettings(String pattern, After after, @Nullable String renamePrefix, Duration pollInterval) {

	static KeysSettings of(Inbound inbound) {
		return new KeysSettings(Objects.requireNonNull(inbound.keys()),
				Objects.requireNonNullElse(inbound.after(), After.DELETE), inbound.renamePrefix(),
				Objects.requireNonNullElse(inbound.pollInterval(), Duration.ofSeconds(1)));
	}

	boolean isKept() {
		return this.after == After.KEEP;
	}

}
