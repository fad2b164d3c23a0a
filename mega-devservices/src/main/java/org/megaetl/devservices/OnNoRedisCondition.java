package org.megaetl.devservices;

/**
 * Matches when no property says which Redis to use.
 */
class OnNoRedisCondition extends OnNoPropertyCondition {

	OnNoRedisCondition() {
		super("Redis", "spring.data.redis.url", "spring.data.redis.host", "spring.data.redis.port",
				"spring.data.redis.cluster.nodes", "spring.data.redis.sentinel.nodes",
				"spring.data.redis.masterreplica.nodes");
	}

}
