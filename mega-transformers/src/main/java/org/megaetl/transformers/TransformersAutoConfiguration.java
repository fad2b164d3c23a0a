package org.megaetl.transformers;

import javax.sql.DataSource;

import org.megaetl.autoconfigure.MegaAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for transformers described by
 * configuration.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class, before = MegaAutoConfiguration.class)
@EnableConfigurationProperties(TransformersProperties.class)
public final class TransformersAutoConfiguration {

	TransformersAutoConfiguration() {
	}

	@Bean
	GuestReloader megaGuestReloader() {
		return new GuestReloader();
	}

	@Bean
	ConfiguredTransformers megaConfiguredTransformers(TransformersProperties properties, GuestReloader reloader) {
		return new ConfiguredTransformers(properties, reloader);
	}

	@Bean
	@ConditionalOnBean(DataSource.class)
	@DependsOnDatabaseInitialization
	TransformerTables megaTransformerTables(ConfiguredTransformers transformers, DataSource dataSource) {
		return new TransformerTables(transformers, dataSource);
	}

}
