package org.megaetl.autoconfigure;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.schema.MegaSchemaAutoConfiguration;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import org.megaetl.validation.ValidationCheck;
import org.megaetl.validation.ValidationResult;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MegaValidateAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class MegaValidateAutoConfigurationTests {

	private static final AtomicBoolean started = new AtomicBoolean();

	private TestDatabase database;

	@BeforeEach
	void createDatabase() {
		this.database = TestDatabase.create();
		started.set(false);
	}

	@AfterEach
	void dropDatabase() {
		this.database.close();
	}

	@Test
	void startsNothingAndLeavesTheDatabaseAsItIs(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("--mega.validate")) {
			assertThat(context.isActive()).isFalse();
		}
		assertThat(started).isFalse();
		assertThat(tables()).isEmpty();
		assertThat(output).contains("ok      database: " + this.database.jdbcUrl(),
				"notice  schema, the platform's tables: the next start will run V1__",
				"notice  schema, DDL of transformers", "ok      checked",
				"The configuration is valid: all 4 checks hold");
	}

	@Test
	void saysWhatHasBeenMigrated(CapturedOutput output) {
		run().close();
		assertThat(started).isTrue();
		assertThat(tables()).contains("mega_inbox", "things");
		run("--mega.validate=true").close();
		assertThat(output).contains("ok      schema, the platform's tables: up to date",
				"ok      schema, DDL of transformers: up to date");
	}

	@Test
	void failsWhenACheckFails(CapturedOutput output) {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> run("--mega.validate", "--fail"))
			.withMessageContaining("The configuration is not valid: 1 of 4 checks failed.");
		assertThat(output).contains("FAILED  checked", "          first line", "          second line");
	}

	@Test
	void doesNotWaitForADatabase() {
		String url = this.database.jdbcUrl().replaceAll(":\\d+/", ":1/");
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> run("--mega.validate", "--spring.datasource.url=" + url))
			.satisfies(
					(ex) -> assertThat(NestedExceptionUtils.getMostSpecificCause(ex)).hasMessageContaining("refused"));
	}

	@Test
	void refusesWhatIsNeitherTrueNorFalse() {
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> run("--mega.validate=yes"))
			.havingRootCause()
			.withMessageStartingWith("'mega.validate' is 'yes', which is neither true nor false.");
	}

	private ConfigurableApplicationContext run(String... arguments) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(this.database.toProperties())
			.properties("mega.namespace=test", "spring.main.banner-mode=off")
			.run(arguments);
	}

	private List<String> tables() {
		return new JdbcTemplate(this.database.dataSource()).queryForList("SHOW TABLES", String.class);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
			MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class, MegaValidateAutoConfiguration.class })
	static class Application {

		@Bean
		Transformer things() {
			return new Transformer() {

				@Override
				public List<SqlStatement> transform(Event event) {
					return List.of();
				}

				@Override
				public String initDdl() {
					return "CREATE TABLE IF NOT EXISTS things (id INT)";
				}

			};
		}

		@Bean
		ValidationCheck check(Environment environment) {
			return () -> List
				.of(environment.containsProperty("fail") ? ValidationResult.failed("checked", "first line\nsecond line")
						: ValidationResult.ok("checked", null));
		}

		@Bean
		SmartLifecycle adapter() {
			return new SmartLifecycle() {

				@Override
				public void start() {
					started.set(true);
				}

				@Override
				public void stop() {
				}

				@Override
				public boolean isRunning() {
					return started.get();
				}

			};
		}

	}

}
