package org.megaetl.connector.redis;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.Namespace;
import org.megaetl.pipeline.AdapterThreads;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.Pipelines;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the Redis connector.
 */
@AutoConfiguration(after = { MegaAutoConfiguration.class, DataRedisAutoConfiguration.class })
@ConditionalOnBooleanProperty("mega.connectors.redis.enabled")
@EnableConfigurationProperties(RedisConnectorProperties.class)
public final class RedisConnectorAutoConfiguration {

	RedisConnectorAutoConfiguration() {
	}

	@Bean
	RedisClients redisClients(ObjectProvider<RedisConnectionFactory> connectionFactory,
			ObjectProvider<SslBundles> sslBundles, Environment environment) {
		return new RedisClients(connectionFactory.getIfUnique(), sslBundles.getIfAvailable(), environment);
	}

	@Bean(destroyMethod = "shutdownNow", defaultCandidate = false)
	ScheduledExecutorService redisHeartbeats() {
		CustomizableThreadFactory threads = new CustomizableThreadFactory("mega-redis-heartbeat-");
		threads.setDaemon(true);
		ScheduledThreadPoolExecutor heartbeats = new ScheduledThreadPoolExecutor(1, threads);
		// or it would keep those of slots given up until they are due, however many
		heartbeats.setRemoveOnCancelPolicy(true);
		return heartbeats;
	}

	@Bean
	AdapterThreads redisAdapter(RedisConnectorProperties properties, RedisClients clients, Pipelines pipelines,
			Namespace namespace, @Qualifier("redisHeartbeats") ScheduledExecutorService heartbeats) {
		return AdapterThreads.of(RedisInbounds.CONNECTOR, pipelines,
				new RedisInbounds(clients, pipelines, namespace.name(), heartbeats).create(properties));
	}

	@Bean
	InboundDescriber redisDescriber(RedisConnectorProperties properties,
			ObjectProvider<DataRedisConnectionDetails> details) {
		return new RedisDescriber(properties, details.getIfUnique());
	}

}
