package org.megaetl.config;

import java.util.LinkedHashMap;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Runs whole applications, to see what a person sees when they start.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConfigurationStartupTests {

	@Test
	void databaseUrlConfiguresTheDataSource() {
		try (ConfigurableApplicationContext context = run("mysql://app:p%40ss@[::1]/shop?connectTimeout=100")) {
			HikariDataSource dataSource = context.getBean(HikariDataSource.class);
			assertThat(dataSource.getJdbcUrl()).isEqualTo("jdbc:mysql://[::1]:3306/shop?connectTimeout=100");
			assertThat(dataSource.getUsername()).isEqualTo("app");
			assertThat(dataSource.getPassword()).isEqualTo("p@ss");
			assertThat(dataSource.getDriverClassName()).isEqualTo("com.mysql.cj.jdbc.Driver");
		}
	}

	@Test
	void databaseUrlMayBeAProperty() {
		try (ConfigurableApplicationContext context = run(null, "--DATABASE_URL=mysql://db/shop\n")) {
			assertThat(context.getBean(HikariDataSource.class).getJdbcUrl()).isEqualTo("jdbc:mysql://db:3306/shop");
		}
	}

	@Test
	void databaseUrlUsesTheMariaDbDriverOnTheClassPath() {
		try (ConfigurableApplicationContext context = run("mariadb://app:secret@db/shop")) {
			HikariDataSource dataSource = context.getBean(HikariDataSource.class);
			assertThat(dataSource.getJdbcUrl()).isEqualTo("jdbc:mariadb://db:3306/shop");
			assertThat(dataSource.getDriverClassName()).isEqualTo("org.mariadb.jdbc.Driver");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "p%24%7Bhome%7D", "p%24%7B", "%24%7Ba%3Ab%7D", "%24%7Ba%7D%24%7B", "%7D%24%7Ba",
			"%5C%24%7Ba%7D" })
	void databaseUrlMayHoldWhatLooksLikeAPlaceholder(String password) {
		try (ConfigurableApplicationContext context = run("mysql://app:" + password + "@db/shop")) {
			assertThat(context.getBean(HikariDataSource.class).getPassword()).isEqualTo(password.replace("%24", "$")
				.replace("%7B", "{")
				.replace("%7D", "}")
				.replace("%3A", ":")
				.replace("%5C", "\\"));
		}
	}

	@Test
	void explicitUrlWinsOverDatabaseUrlWithAWarning(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("postgres://app:hunter2@other/shop",
				"--spring.datasource.url=jdbc:mysql://db/shop", "--spring.datasource.username=me")) {
			HikariDataSource dataSource = context.getBean(HikariDataSource.class);
			assertThat(dataSource.getJdbcUrl()).isEqualTo("jdbc:mysql://db/shop");
			assertThat(dataSource.getUsername()).isEqualTo("me");
			assertThat(dataSource.getPassword()).isNull();
			assertThat(output).contains("WARN").contains("DATABASE_URL is ignored: spring.datasource.url is set");
		}
	}

	@Test
	void explicitPasswordWinsOverThatOfDatabaseUrl() {
		try (ConfigurableApplicationContext context = run("mysql://app:secret@db/shop",
				"--spring.datasource.password=explicit", "--spring.datasource.url=")) {
			HikariDataSource dataSource = context.getBean(HikariDataSource.class);
			assertThat(dataSource.getJdbcUrl()).isEqualTo("jdbc:mysql://db:3306/shop");
			assertThat(dataSource.getUsername()).isEqualTo("app");
			assertThat(dataSource.getPassword()).isEqualTo("explicit");
		}
	}

	@Test
	void unknownOptionOfDatabaseUrlIsWarnedAbout(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run("mysql://app:hunter2@db/shop?rewriteBatchStatements=true")) {
			assertThat(output).contains("Unknown parameter 'rewriteBatchStatements' in DATABASE_URL: MySQL Connector/J "
					+ "ignores it. Did you mean 'rewriteBatchedStatements'?");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "mysql://app:hunter2/x@db/shop", "mysql://app:hunter2@db", "hunter2",
			"mysql://app:${hunter2}@db/shop", "mysql://app:hunter2%zz@db/shop" })
	void malformedDatabaseUrlIsReportedWithoutThePassword(String value, CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(value));
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("DATABASE_URL ")
			.doesNotContain("hunter2")
			.doesNotContain("\tat ");
	}

	@Test
	void misspeltKeyIsReportedWithItsPlace(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run("mysql://db/shop", "--spring.config.name=misspelt",
				"--mega.sink.jdbc.unknown-paramters=hunter2"));
		assertThat(output.toString().replaceAll("\\R", "\n")).contains("""
				Description:

				These configuration keys bind to nothing:

				    mega.sink.jdbc.unknown-paramters ("mega.sink.jdbc.unknown-paramters" from property source \
				"commandLineArgs")
				    mega.connectors.sample.inbound.orders.paht (class path resource [misspelt.yaml] - 6:17)

				Action:

				Write 'mega.connectors.sample.inbound.orders.path' instead of \
				'mega.connectors.sample.inbound.orders.paht'.
				Write 'mega.sink.jdbc.unknown-parameters' instead of 'mega.sink.jdbc.unknown-paramters'.
				""").doesNotContain("hunter2");
	}

	@Test
	void unknownDriverParameterIsReportedWhenToldTo(CapturedOutput output) {
		assertThatException()
			.isThrownBy(() -> run("mysql://db/shop?usessl=true", "--mega.sink.jdbc.unknown-parameters=fail"));
		assertThat(output).contains("APPLICATION FAILED TO START").contains("Did you mean 'useSSL'?");
	}

	@Test
	void missingDatabaseIsReported(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(null));
		assertThat(output).contains("No database is configured.")
			.contains("DATABASE_URL=mysql://user:password@host:3306/database")
			.contains("org.megaetl:mega-devservices");
	}

	@Test
	void urlWithoutJdbcIsReportedWithoutThePassword(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(null, "--spring.datasource.url=mysql://app:hunter2@db/shop"));
		assertThat(output).contains("spring.datasource.url does not start with jdbc:.")
			.contains("Or move the value to DATABASE_URL.")
			.doesNotContain("hunter2");
	}

	@Test
	void urlOfAnUnknownDatabaseIsLeftToSpringBoot(CapturedOutput output) {
		assertThatException().isThrownBy(() -> run(null, "--spring.datasource.url=jdbc:nonsense:x"));
		assertThat(output).contains("Failed to determine a suitable driver class")
			.doesNotContain("No database is configured.");
	}

	private static ConfigurableApplicationContext run(@Nullable String databaseUrl, String... args) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setEnvironment(new TestEnvironment(databaseUrl));
		return application.run(args);
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ConfigurationChecksAutoConfiguration.class, DataSourceAutoConfiguration.class })
	static class Application {

	}

	/**
	 * Has an environment variable of its own, and no others.
	 */
	private static final class TestEnvironment extends StandardEnvironment {

		private TestEnvironment(@Nullable String databaseUrl) {
			Map<String, Object> variables = new LinkedHashMap<>();
			if (databaseUrl != null) {
				variables.put("DATABASE_URL", databaseUrl);
			}
			getPropertySources().replace(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
					new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
		}

	}

}
