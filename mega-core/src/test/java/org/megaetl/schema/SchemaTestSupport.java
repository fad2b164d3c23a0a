package org.megaetl.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.megaetl.config.Namespace;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What the tests of this package share.
 */
final class SchemaTestSupport {

	private SchemaTestSupport() {
	}

	static ApplicationContextRunner runner(TestDatabase database) {
		return runner().withPropertyValues(database.toProperties());
	}

	static ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
					JdbcTemplateAutoConfiguration.class, MegaSchemaAutoConfiguration.class))
			.withUserConfiguration(NamespaceConfiguration.class)
			.withPropertyValues("spring.datasource.hikari.maximum-pool-size=1");
	}

	static TransformerRegistry registry(String name, String ddl) {
		return new TransformerRegistry(Map.of(name, new DdlTransformer(ddl)));
	}

	static List<String> tables(TestDatabase database) {
		return new JdbcTemplate(database.dataSource()).queryForList(
				"SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY table_name",
				String.class, database.name());
	}

	/**
	 * A class loader with the given files in {@code db/migration}.
	 */
	static ClassLoader migrations(Path directory, Map<String, String> scripts) {
		try {
			Path folder = Files.createDirectories(directory.resolve("db/migration"));
			for (Map.Entry<String, String> script : scripts.entrySet()) {
				Files.writeString(folder.resolve(script.getKey()), script.getValue());
			}
			return new URLClassLoader(new URL[] { directory.toUri().toURL() },
					SchemaTestSupport.class.getClassLoader());
		}
		catch (MalformedURLException ex) {
			throw new IllegalStateException(ex);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class NamespaceConfiguration {

		@Bean
		Namespace namespace(Environment environment) {
			return Namespace.of(environment.getProperty("mega.namespace"), "mega");
		}

	}

	record DdlTransformer(String initDdl) implements Transformer {

		@Override
		public List<SqlStatement> transform(Event event) {
			return List.of();
		}

	}

}
