package org.megaetl.actuate;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.schema.MegaSchemaAutoConfiguration;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MegaEndpointAutoConfiguration} and
 * {@link MegaHealthAutoConfiguration}.
 */
class MegaActuatorAutoConfigurationTests {

	private static TestDatabase database;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(MegaEndpointAutoConfiguration.class, MegaHealthAutoConfiguration.class));

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@Test
	void onlyHealthIsThereByDefault() {
		withPipelines().run((context) -> assertThat(context).hasSingleBean(PipelinesHealthContributor.class)
			.doesNotHaveBean(MegaEndpoint.class)
			.doesNotHaveBean(MegaPositionsEndpoint.class)
			.doesNotHaveBean(MegaDeadLettersEndpoint.class)
			.doesNotHaveBean(MegaDeadLettersEndpointWebExtension.class));
	}

	@Test
	void endpointsAreThereIfExposed() {
		withPipelines().withPropertyValues("management.endpoints.web.exposure.include=mega,megadeadletters")
			.run((context) -> assertThat(context).hasSingleBean(MegaEndpoint.class)
				.hasSingleBean(MegaDeadLettersEndpoint.class)
				.hasSingleBean(MegaDeadLettersEndpointWebExtension.class)
				.doesNotHaveBean(MegaPositionsEndpoint.class));
	}

	@Test
	void healthCanBeTurnedOff() {
		withPipelines().withPropertyValues("management.health.mega.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CompositeHealthContributor.class));
	}

	@Test
	void backsOffWithoutPipelines() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(MegaEndpoint.class)
				.doesNotHaveBean(CompositeHealthContributor.class));
	}

	@Test
	void backsOffWithoutActuator() {
		withPipelines()
			.withClassLoader(new FilteredClassLoader(ConditionalOnAvailableEndpoint.class,
					ConditionalOnEnabledHealthIndicator.class))
			.withPropertyValues("management.endpoints.web.exposure.include=*")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("megaEndpoint")
				.doesNotHaveBean("megaHealthContributor"));
	}

	private ApplicationContextRunner withPipelines() {
		return this.runner
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class))
			.withPropertyValues(database.toProperties());
	}

}
