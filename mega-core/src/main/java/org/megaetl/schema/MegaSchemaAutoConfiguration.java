package org.megaetl.schema;

import java.time.Duration;

import org.megaetl.autoconfigure.ApplicationDataSource;
import org.megaetl.autoconfigure.OnApplicationDataSource;
import org.megaetl.config.Namespace;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.validation.OnValidation;
import org.megaetl.validation.Validation;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DatabaseInitializationDependencyConfigurer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the schema: at start, in this
 * order, waits for the database, runs the user's migrations, the platform's, and the init
 * DDL of each transformer. Beans marked with {@link DependsOnDatabaseInitialization} are
 * created after that.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class, before = FlywayAutoConfiguration.class)
@Conditional(OnApplicationDataSource.class)
@EnableConfigurationProperties(SchemaProperties.class)
@Import({ ApplicationDataSource.class, DatabaseInitializationDependencyConfigurer.class })
public final class MegaSchemaAutoConfiguration {

	MegaSchemaAutoConfiguration() {
	}

	@Bean
	DatabaseAwaiter megaDatabaseAwaiter(ApplicationDataSource dataSource, SchemaProperties properties,
			Environment environment) {
		return new DatabaseAwaiter(dataSource.get(),
				Validation.isActive(environment) ? Duration.ZERO : properties.waitForDatabase());
	}

	@Bean
	@Primary
	@Order(Ordered.HIGHEST_PRECEDENCE + 1)
	@Conditional(OnValidation.class)
	PendingMigrations megaPendingMigrations() {
		return new PendingMigrations();
	}

	@Bean
	@ConditionalOnMissingBean(FlywayMigrationStrategy.class)
	UserMigrationStrategy megaUserMigrationStrategy(Environment environment) {
		return new UserMigrationStrategy(isConfigured(environment, "spring.flyway.baseline-on-migrate"));
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	FlywayConfigurationCustomizer megaBaselineVersionCustomizer(Environment environment) {
		return (configuration) -> {
			if (!isConfigured(environment, "spring.flyway.baseline-version")) {
				// the platform's tables make the schema look like an old one: V1__ must
				// not be skipped for that
				configuration.baselineVersion("0");
			}
		};
	}

	@Bean
	PlatformSchemaInitializer megaPlatformSchemaInitializer(ApplicationDataSource dataSource,
			ApplicationContext applicationContext, ObjectProvider<PendingMigrations> pending) {
		return new PlatformSchemaInitializer(dataSource.get(), applicationContext, pending.getIfAvailable());
	}

	@Bean
	@DependsOnDatabaseInitialization
	TransformerSchemaInitializer megaTransformerSchemaInitializer(ApplicationDataSource dataSource,
			ObjectProvider<TransformerRegistry> registry, ObjectProvider<Namespace> namespace,
			ObjectProvider<PendingMigrations> pending) {
		return new TransformerSchemaInitializer(dataSource.get(), registry, () -> namespace.getObject().name(),
				pending.getIfAvailable());
	}

	private static boolean isConfigured(Environment environment, String property) {
		return Binder.get(environment).bind(property, String.class).isBound();
	}

}
