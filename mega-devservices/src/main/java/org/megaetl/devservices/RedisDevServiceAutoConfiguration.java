package org.megaetl.devservices;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration that starts a Redis server when the Redis connector is enabled and
 * no Redis is configured.
 */
@AutoConfiguration(before = DataRedisAutoConfiguration.class)
@ConditionalOnClass(DataRedisConnectionDetails.class)
@ConditionalOnBooleanProperty("mega.connectors.redis.enabled")
@ConditionalOnBooleanProperty(name = "mega.devservices.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "mega.devservices.redis.enabled", matchIfMissing = true)
@Conditional(OnNoRedisCondition.class)
@ConditionalOnMissingBean(value = DataRedisConnectionDetails.class,
		type = "org.springframework.data.redis.connection.RedisConnectionFactory")
@EnableConfigurationProperties(DevServicesProperties.class)
public final class RedisDevServiceAutoConfiguration {

	private static final Log logger = LogFactory.getLog(RedisDevServiceAutoConfiguration.class);

	RedisDevServiceAutoConfiguration() {
	}

	@Bean
	DevServiceRedisConnectionDetails devServiceRedisConnectionDetails(DevServicesProperties properties) {
		DevServicesProperties.Redis redis = properties.redis();
		if (redis.shared()) {
			RedisService server = RedisServers.shared(redis.provider(), properties.cacheDirectory(), redis.program(),
					redis.args());
			return new DevServiceRedisConnectionDetails(server, RedisServers.nextDatabase(), false);
		}
		RedisService server = RedisServers.useContainer(redis.provider()) ? RedisContainerServer.start()
				: RedisServers.ofProject(properties);
		logger.info("Connect with redis-cli -h %s -p %d, or set spring.data.redis.url=redis://%1$s:%2$d"
			.formatted(server.host(), server.port()));
		return new DevServiceRedisConnectionDetails(server, 0, true);
	}

}
