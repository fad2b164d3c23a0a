package org.megaetl.connector.redis;

import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.ConfigurationChecksAutoConfiguration;
import org.megaetl.schema.MegaSchemaAutoConfiguration;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/**
 * An application that reads from Redis, with nothing that it could do without: it is
 * started often.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, MegaSchemaAutoConfiguration.class,
		MegaAutoConfiguration.class, ConfigurationChecksAutoConfiguration.class, SslAutoConfiguration.class,
		DataRedisAutoConfiguration.class, RedisConnectorAutoConfiguration.class })
public class RedisApplication {

}
