package org.megaetl.schema;

import java.nio.file.Path;
import java.util.Map;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.megaetl.schema.SchemaTestSupport.migrations;
import static org.megaetl.schema.SchemaTestSupport.registry;
import static org.megaetl.schema.SchemaTestSupport.runner;
import static org.megaetl.schema.SchemaTestSupport.tables;

/**
 * Tests for the user's own migrations beside the platform's.
 */
@ExtendWith(OutputCaptureExtension.class)
class UserMigrationTests {

	private static final Map<String, String> V1 = Map.of("V1__customers.sql", "CREATE TABLE customers (id INT)");

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
	void runsVersionOneOnAnEmptySchema() {
		withMigrations().run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(tables(this.database)).contains("customers", "flyway_schema_history", "mega_inbox");
		});
		withMigrations().run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void runsVersionOneOnAnExistingSchema() {
		this.database.execute("CREATE TABLE legacy (id INT)");
		withMigrations().run((context) -> assertThat(tables(this.database)).contains("customers", "mega_inbox"));
	}

	@Test
	void runsVersionOneThatIsAddedLater() {
		runner(this.database).run((context) -> assertThat(tables(this.database)).doesNotContain("customers"));
		withMigrations().run((context) -> assertThat(tables(this.database)).contains("customers"));
	}

	@Test
	void runsVersionOneWhenOnlyBaselineOnMigrateIsConfigured() {
		runner(this.database).run((context) -> assertThat(context).hasNotFailed());
		withMigrations().withPropertyValues("spring.flyway.baseline-on-migrate=true")
			.run((context) -> assertThat(tables(this.database)).contains("customers"));
	}

	@Test
	void skipsVersionsUpToAConfiguredBaseline() {
		this.database.execute("CREATE TABLE legacy (id INT)");
		withMigrations().withPropertyValues("spring.flyway.baseline-on-migrate=true", "spring.flyway.baselineVersion=1")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(tables(this.database)).doesNotContain("customers");
			});
	}

	@Test
	void leavesTheSchemaAloneWhenBaselineIsForbidden() {
		this.database.execute("CREATE TABLE legacy (id INT)");
		withMigrations().withPropertyValues("spring.flyway.baseline-on-migrate=false")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("Found non-empty schema(s)"));
	}

	@Test
	void saysNothingWhenThereAreNoMigrations(CapturedOutput output) {
		runner(this.database).run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(Flyway.class);
			assertThat(tables(this.database)).doesNotContain("flyway_schema_history");
		});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void runsMigrationsBeforeTheDdlOfTransformers() {
		withMigrations()
			.withBean(TransformerRegistry.class,
					() -> registry("order", "CREATE VIEW IF NOT EXISTS v AS SELECT * FROM customers"))
			.run((context) -> assertThat(tables(this.database)).contains("v"));
	}

	@Test
	void respectsAFlywayBeanOfTheUser() {
		ApplicationContextRunner runner = withMigrations()
			.withBean("myFlyway", Flyway.class,
					() -> migrated(Flyway.configure()
						.dataSource(this.database.dataSource())
						.locations("filesystem:" + this.directory.resolve("db/migration"))
						.load()))
			.withBean(TransformerRegistry.class, () -> registry("order", "CREATE TABLE IF NOT EXISTS orders (id INT)"));
		runner.run((context) -> {
			assertThat(context).hasNotFailed().hasSingleBean(Flyway.class);
			assertThat(tables(this.database)).contains("customers", "flyway_schema_history", "mega_inbox", "orders");
		});
		runner.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void usesTheDataSourceThatIsMeantForFlyway() {
		withMigrations()
			.withPropertyValues("spring.flyway.user=" + this.database.username(),
					"spring.flyway.password=" + this.database.password())
			.run((context) -> {
				assertThat(context.getBean(Flyway.class).getConfiguration().getDataSource())
					.isNotSameAs(context.getBean(DataSource.class));
				assertThat(tables(this.database)).contains("customers", "mega_inbox");
			});
	}

	private ApplicationContextRunner withMigrations() {
		return runner(this.database).withClassLoader(migrations(this.directory, V1));
	}

	private static Flyway migrated(Flyway flyway) {
		flyway.migrate();
		return flyway;
	}

}
