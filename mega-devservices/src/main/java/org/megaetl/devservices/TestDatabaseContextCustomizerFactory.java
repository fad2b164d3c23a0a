package org.megaetl.devservices;

import java.util.List;
import java.util.Map;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Makes each application context of a Spring test use databases of its own on servers
 * that the JVM shares, unless its configuration says otherwise. So tests never see the
 * data of development.
 */
class TestDatabaseContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		return new TestDatabaseContextCustomizer();
	}

	/**
	 * A record, so that equal customizers do not keep contexts from being cached.
	 */
	private record TestDatabaseContextCustomizer() implements ContextCustomizer {

		@Override
		public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
			context.getEnvironment()
				.getPropertySources()
				.addLast(new MapPropertySource("mega-devservices-test",
						Map.of("mega.devservices.mariadb.shared", "true", "mega.devservices.mariadb.provider", "auto",
								"mega.devservices.redis.shared", "true", "mega.devservices.redis.provider", "auto",
								"mega.devservices.kafka.shared", "true", "mega.devservices.kafka.provider", "auto")));
		}

	}

}
