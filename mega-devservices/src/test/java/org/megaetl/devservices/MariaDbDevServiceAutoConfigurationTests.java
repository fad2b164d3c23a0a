package org.megaetl.devservices;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Tests for {@link MariaDbDevServiceAutoConfiguration}.
 */
class MariaDbDevServiceAutoConfigurationTests {

	private static final Log logger = LogFactory.getLog(MariaDbDevServiceAutoConfigurationTests.class);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(MariaDbDevServiceAutoConfiguration.class, DataSourceAutoConfiguration.class));

	@Test
	void startsWhenNothingIsConfigured() {
		inDirectory().run((context) -> {
			assertThat(context).hasSingleBean(DevServiceJdbcConnectionDetails.class)
				.hasSingleBean(JdbcConnectionDetails.class);
			assertThat(context.getBean(HikariDataSource.class).getJdbcUrl()).startsWith("jdbc:mysql://127.0.0.1:")
				.endsWith("/mega");
			assertThat(query(context, "SELECT VERSION()")).endsWith("-MariaDB");
			assertThat(query(context, "SELECT @@character_set_database")).isEqualTo("utf8mb4");
			assertThat(query(context, "SELECT @@innodb_flush_log_at_trx_commit")).isEqualTo("1");
			assertThat(query(context, "SELECT GROUP_CONCAT(User ORDER BY User) FROM mysql.global_priv"))
				.isEqualTo("mariadb.sys,mega");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.datasource.url=jdbc:mysql://db/shop", "spring.datasource.jndi-name=jdbc/shop",
			"spring.datasource.hikari.jdbc-url=jdbc:mysql://db/shop",
			"spring.datasource.hikari.jdbcUrl=jdbc:mysql://db/shop", "mega.devservices.enabled=false",
			"mega.devservices.mariadb.enabled=false" })
	void backsOffWithProperty(String property) {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MariaDbDevServiceAutoConfiguration.class))
			.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(DevServicesProperties.class)
				.doesNotHaveBean(JdbcConnectionDetails.class));
	}

	@Test
	void backsOffWithDataSource() {
		this.contextRunner.withBean(DataSource.class, DriverManagerDataSource::new)
			.run((context) -> assertThat(context).doesNotHaveBean(JdbcConnectionDetails.class));
	}

	@Test
	void backsOffWithConnectionDetails() {
		this.contextRunner.withBean(JdbcConnectionDetails.class, OtherConnectionDetails::new)
			.run((context) -> assertThat(context).doesNotHaveBean(DevServiceJdbcConnectionDetails.class));
	}

	@Test
	void startsWithAnEmptyUrl() {
		inDirectory().withPropertyValues("spring.datasource.url=")
			.run((context) -> assertThat(context).hasSingleBean(DevServiceJdbcConnectionDetails.class));
	}

	@Test
	void keepsDataOverARestartWhichTakesSeconds() {
		inDirectory().run((context) -> {
			update(context, "CREATE TABLE kept (id INT)");
			update(context, "INSERT INTO kept VALUES (7)");
		});
		long start = System.nanoTime();
		inDirectory().run((context) -> {
			assertThat(query(context, "SELECT id FROM kept")).isEqualTo("7");
			Duration duration = Duration.ofNanos(System.nanoTime() - start);
			logger.info("Second start with a query took " + duration);
			assertThat(duration).isLessThan(Duration.ofSeconds(10));
		});
	}

	@Test
	void usesTheSamePortAgain() {
		int[] ports = new int[2];
		inDirectory().run((context) -> ports[0] = port(context));
		inDirectory().run((context) -> ports[1] = port(context));
		assertThat(ports[1]).isEqualTo(ports[0]);
	}

	@Test
	void emptiesTheDataOnRequest() {
		inDirectory().run((context) -> update(context, "CREATE TABLE kept (id INT)"));
		inDirectory().withPropertyValues("mega.devservices.mariadb.fresh=true")
			.run((context) -> assertThat(
					query(context, "SELECT COUNT(*) FROM information_schema.tables " + "WHERE table_schema = 'mega'"))
				.isEqualTo("0"));
	}

	@Test
	void stopsWithTheContext() {
		long[] pid = new long[1];
		inDirectory().run((context) -> {
			pid[0] = Long.parseLong(Files.readString(this.directory.resolve("mariadb.pid")).strip());
			assertThat(ProcessHandle.of(pid[0])).isPresent();
		});
		assertThat(ProcessHandle.of(pid[0])).isEmpty();
	}

	@Test
	void passesArgumentsToTheServer() {
		inDirectory()
			.withPropertyValues("mega.devservices.mariadb.args=--innodb-snapshot-isolation=ON",
					"mega.devservices.mariadb.database=shop")
			.run((context) -> {
				assertThat(query(context, "SELECT @@innodb_snapshot_isolation")).isEqualTo("1");
				assertThat(query(context, "SELECT DATABASE()")).isEqualTo("shop");
			});
	}

	@Test
	void givesEachApplicationADatabaseOfTheSharedServer() {
		ApplicationContextRunner shared = this.contextRunner.withPropertyValues("mega.devservices.mariadb.shared=true");
		shared.run((first) -> shared.run((second) -> {
			assertThat(port(first)).isEqualTo(port(second));
			assertThat(query(first, "SELECT DATABASE()")).startsWith("test_")
				.isNotEqualTo(query(second, "SELECT DATABASE()"));
		}));
	}

	@Test
	void refusesADirectoryInUse() {
		inDirectory().run(
				(first) -> inDirectory()
					.run((second) -> assertFailure(second,
							"The data directory %s is in use by another application (process %d)"
								.formatted(this.directory, ProcessHandle.current().pid()),
							"mega.devservices.mariadb.directory")));
	}

	@Test
	void reportsTheServersLogWhenItDoesNotStart() {
		inDirectory().withPropertyValues("mega.devservices.mariadb.args=--no-such-option")
			.run((context) -> assertFailure(context, "unknown option '--no-such-option'", "spring.datasource.url"));
	}

	@Test
	void reportsAnUnsupportedPlatform() {
		inDirectory().withSystemProperties("os.name:Windows 11")
			.run((context) -> assertFailure(context, "no embedded MariaDB for this platform (windows 11 amd64)",
					"DATABASE_URL"));
	}

	@Test
	void reportsThatNoDockerEngineAnswers() {
		assumeFalse(MySqlContainerServer.SUPPORT.isAvailable());
		inDirectory().withPropertyValues("mega.devservices.mariadb.provider=testcontainers")
			.run((context) -> assertFailure(context, "no Docker engine answers", "Start Docker"));
	}

	@Test
	void refusesAWrongPort() {
		inDirectory().withPropertyValues("mega.devservices.mariadb.port=65536")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("mariadb.port"));
	}

	private ApplicationContextRunner inDirectory() {
		return this.contextRunner.withPropertyValues("mega.devservices.mariadb.directory=" + this.directory);
	}

	private static void assertFailure(AssertableApplicationContext context, String description, String action) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = new DevServiceFailureAnalyzer()
			.analyze(Objects.requireNonNull(context.getStartupFailure()));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains(description);
		assertThat(analysis.getAction()).contains(action);
	}

	private static int port(ApplicationContext context) {
		return Integer.parseInt(query(context, "SELECT @@port"));
	}

	private static String query(ApplicationContext context, String sql) {
		return JdbcClient.create(context.getBean(DataSource.class)).sql(sql).query(String.class).single();
	}

	private static void update(ApplicationContext context, String sql) {
		JdbcClient.create(context.getBean(DataSource.class)).sql(sql).update();
	}

	static class OtherConnectionDetails implements JdbcConnectionDetails {

		@Override
		public String getUsername() {
			return "shop";
		}

		@Override
		public String getPassword() {
			return "";
		}

		@Override
		public String getJdbcUrl() {
			return "jdbc:mysql://db/shop";
		}

	}

}
