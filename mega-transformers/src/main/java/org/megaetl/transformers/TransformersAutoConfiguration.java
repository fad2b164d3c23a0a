package org.megaetl.transformers;

import javax.sql.DataSource;

import org.megaetl.autoconfigure.ApplicationDataSource;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.autoconfigure.OnApplicationDataSource;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.test.TestFiles;
import org.megaetl.validation.Validation;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for transformers described by
 * configuration.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class, before = MegaAutoConfiguration.class)
@EnableConfigurationProperties(TransformersProperties.class)
@Import(ApplicationDataSource.class)
public final class TransformersAutoConfiguration {

	TransformersAutoConfiguration() {
	}

	@Bean
	GuestReloader megaGuestReloader(ObjectProvider<ConfiguredTests> tests) {
		return new GuestReloader((name, candidate) -> tests.getObject().require(name, candidate));
	}

	@Bean
	ConfiguredTransformers megaConfiguredTransformers(TransformersProperties properties, GuestReloader reloader,
			Environment environment) {
		return new ConfiguredTransformers(properties, reloader, Validation.isActive(environment));
	}

	@Bean
	@DependsOnDatabaseInitialization
	@Conditional({ OnApplicationDataSource.class, OnStart.class })
	TransformerTables megaTransformerTables(ConfiguredTransformers transformers, ApplicationDataSource dataSource) {
		return new TransformerTables(transformers, dataSource.get());
	}

	@Bean
	ConfiguredTests megaConfiguredTests(TransformersProperties properties, ResourcePatternResolver resources,
			TransformerRegistry registry, ApplicationDataSource dataSource) {
		return new ConfiguredTests(properties, new TestFiles(resources), registry, dataSource.getIfAvailable());
	}

	@Bean
	TransformersCheck megaTransformersCheck(TransformerRegistry registry, ConfiguredTests tests,
			ApplicationDataSource dataSource) {
		DataSource database = dataSource.getIfAvailable();
		return new TransformersCheck(registry, tests, (database != null) ? new Catalogue(database) : null);
	}

	/**
	 * Matches unless the configuration is only validated, which compares the tables by
	 * itself.
	 */
	static class OnStart implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return !Validation.isActive(context.getEnvironment());
		}

	}

}
