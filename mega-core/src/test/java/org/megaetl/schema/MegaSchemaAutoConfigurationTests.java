package org.megaetl.schema;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.schema.SchemaTestSupport.DdlTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.megaetl.schema.SchemaTestSupport.registry;
import static org.megaetl.schema.SchemaTestSupport.runner;
import static org.megaetl.schema.SchemaTestSupport.tables;

/**
 * Tests for {@link MegaSchemaAutoConfiguration}: conditions and order.
 */
class MegaSchemaAutoConfigurationTests {

	private static final String[] PLATFORM_TABLES = { "mega_checkpoint", "mega_dead_letter", "mega_dead_letter_payload",
			"mega_inbox", "mega_schema_history" };

	@TempDir
	private Path directory;

	private TestDatabase database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create();
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void backsOffWithNoDataSource() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DatabaseAwaiter.class));
	}

	@Test
	void createsThePlatformsTablesOnlyWhenThereIsNothingElse() {
		runner(this.database).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(tables(this.database)).containsExactly(PLATFORM_TABLES);
		});
	}

	@Test
	void startsAgainOnItsOwnTables() {
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void acceptsAnExistingSchema() {
		this.database.execute("CREATE TABLE customers (id INT)");
		runner(this.database).run((context) -> assertThat(tables(this.database)).contains(PLATFORM_TABLES));
	}

	@Test
	void createsThePlatformsTablesAgainWhenAnEarlierCreationWasInterrupted() {
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
		this.database.execute("DROP TABLE mega_inbox, mega_dead_letter",
				"UPDATE mega_schema_history SET success = 0 WHERE version = '1'");
		runner(this.database).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(tables(this.database)).contains(PLATFORM_TABLES);
		});
	}

	@Test
	void ignoresPlatformTablesOfANewerVersion() {
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
		this.database.execute("INSERT INTO mega_schema_history (installed_rank, version, description, type, script, "
				+ "checksum, installed_by, execution_time, success) "
				+ "VALUES (2, '2', 'newer', 'SQL', 'V2__newer.sql', 1, 'test', 1, 1)");
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void comparesPositionKeysExactly() {
		runner(this.database).run((context) -> {
			for (String key : List.of("a", "A", "a ", "\u00e4", "\uD83D\uDE00")) {
				context.getBean(JdbcTemplate.class)
					.update("INSERT INTO mega_checkpoint (namespace, pipeline, position_key, updated_at) "
							+ "VALUES ('shop', 'kafka.orders', ?, UTC_TIMESTAMP(3))", key);
			}
			assertThat(context.getBean(JdbcTemplate.class)
				.queryForObject("SELECT COUNT(*) FROM mega_checkpoint WHERE position_key = ?", Integer.class, "a"))
				.isOne();
			assertThat(context.getBean(JdbcTemplate.class)
				.query("SELECT position_key FROM mega_checkpoint", (row, number) -> row.getString(1)))
				.contains("\u00e4");
		});
	}

	@Test
	void runsScriptsOfModulesInAnyOrder() throws IOException {
		Path scripts = Files.createDirectories(this.directory.resolve("org/megaetl/schema/platform"));
		ClassLoader classLoader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() },
				getClass().getClassLoader());
		Files.writeString(scripts.resolve("V2001__connector.sql"),
				"CREATE TABLE IF NOT EXISTS mega_connector (id INT)");
		runner(this.database).withClassLoader(classLoader)
			.run((context) -> assertThat(tables(this.database)).contains("mega_connector", "mega_inbox"));
		Files.writeString(scripts.resolve("V2__later.sql"), "CREATE TABLE IF NOT EXISTS mega_later (id INT)");
		runner(this.database).withClassLoader(classLoader)
			.run((context) -> assertThat(tables(this.database)).contains("mega_later"));
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void createsPlatformAndTransformerTablesWhenFlywayIsDisabled() {
		runner(this.database).withPropertyValues("spring.flyway.enabled=false")
			.withBean(TransformerRegistry.class, () -> registry("order", "CREATE TABLE orders (id INT)"))
			.withUserConfiguration(DependentConfiguration.class)
			.run((context) -> {
				assertThat(context).hasNotFailed().doesNotHaveBean(Flyway.class);
				assertThat(tables(this.database)).contains(PLATFORM_TABLES).contains("orders");
				assertThat(context.getBean(TablesAtCreation.class).names()).contains("mega_inbox", "orders");
			});
	}

	@Test
	void createsAllTablesBeforeABeanThatDependsOnThem() {
		runner(this.database)
			.withBean(TransformerRegistry.class, () -> registry("order", "CREATE TABLE orders (id INT)"))
			.withUserConfiguration(DependentConfiguration.class)
			.run((context) -> assertThat(context.getBean(TablesAtCreation.class).names()).contains(PLATFORM_TABLES)
				.contains("orders"));
	}

	@Test
	void letsATransformerUseAJdbcTemplate() {
		runner(this.database).withUserConfiguration(JdbcTransformerConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(tables(this.database)).contains("orders");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class DependentConfiguration {

		@Bean
		@DependsOnDatabaseInitialization
		TablesAtCreation aaaTablesAtCreation(DataSource dataSource) {
			return new TablesAtCreation(new JdbcTemplate(dataSource).queryForList("SHOW TABLES", String.class));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdbcTransformerConfiguration {

		@Bean
		@DependsOnDatabaseInitialization
		TransformFunction order(JdbcTemplate jdbcTemplate) {
			jdbcTemplate.execute("SELECT * FROM mega_inbox");
			return new DdlTransformer("CREATE TABLE orders (id INT)");
		}

		@Bean
		TransformerRegistry transformerRegistry(Map<String, TransformFunction> transformers) {
			return new TransformerRegistry(transformers);
		}

	}

	record TablesAtCreation(List<String> names) {
	}

}
