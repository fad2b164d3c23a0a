package org.megaetl.pipeline;

import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.schema.MegaSchemaAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * The engine on a test database, as an application starts it: what is left to add are
 * transformers and pipelines.
 */
public final class EngineRunner {

	private EngineRunner() {
	}

	public static ApplicationContextRunner on(TestDatabase database) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
					MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class))
			.withPropertyValues("mega.namespace=mega")
			.withPropertyValues(database.toProperties());
	}

	/**
	 * Returns the properties of an application that reaches the database through a proxy.
	 */
	static String[] through(CommitCuttingProxy proxy, TestDatabase database) {
		return new String[] { "spring.datasource.url="
				+ database.jdbcUrl().replace(":" + database.server().port(), ":" + proxy.port()) };
	}

}
