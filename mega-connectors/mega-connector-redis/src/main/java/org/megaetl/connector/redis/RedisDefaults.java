package org.megaetl.connector.redis;

import java.util.Map;

import org.megaetl.config.DefaultProperties;

/**
 * Switches off what Spring Boot would add by itself for Redis, where nothing else sets
 * it: its health contributor, as each pipeline has its own and an application whose Redis
 * connector is not enabled needs no Redis; and the search for Spring Data repositories.
 */
class RedisDefaults extends DefaultProperties {

	RedisDefaults() {
		super(Map.of("management.health.redis.enabled", "false", "spring.data.redis.repositories.enabled", "false"));
	}

}
