package org.megaetl.config;

import com.zaxxer.hikari.HikariDataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the checks of the configuration
 * itself: misspelt keys, misspelt driver parameters.
 */
@AutoConfiguration
public final class ConfigurationChecksAutoConfiguration {

	ConfigurationChecksAutoConfiguration() {
	}

	@Bean
	static UnknownKeysCheck megaUnknownKeysCheck(ConfigurableEnvironment environment) {
		return new UnknownKeysCheck(environment);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HikariDataSource.class)
	@EnableConfigurationProperties(DriverParametersProperties.class)
	static class DriverParametersConfiguration {

		@Bean
		static DriverParametersCheck megaDriverParametersCheck(ConfigurableEnvironment environment,
				ObjectProvider<DriverParametersProperties> properties) {
			return new DriverParametersCheck(environment, properties);
		}

	}

}
