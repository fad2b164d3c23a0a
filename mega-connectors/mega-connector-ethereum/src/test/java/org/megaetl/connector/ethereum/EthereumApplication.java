package org.megaetl.connector.ethereum;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.ConfigurationChecksAutoConfiguration;
import org.megaetl.schema.MegaSchemaAutoConfiguration;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that follows a chain, with nothing that it could do without: it is
 * started often.
 */
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, MegaSchemaAutoConfiguration.class,
		MegaAutoConfiguration.class, ConfigurationChecksAutoConfiguration.class,
		EthereumConnectorAutoConfiguration.class })
public class EthereumApplication {

	@Bean
	MeterRegistry meters() {
		return new SimpleMeterRegistry();
	}

}
