package org.megaetl.schema;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.megaetl.schema.SchemaTestSupport.migrations;
import static org.megaetl.schema.SchemaTestSupport.runner;
import static org.megaetl.schema.SchemaTestSupport.tables;

/**
 * Tests for {@link DatabaseAwaiter}.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
class DatabaseAwaiterTests {

	@TempDir
	private Path directory;

	@Test
	void waitsForADatabaseThatComesLater(CapturedOutput output) throws Exception {
		try (TestDatabase database = TestDatabase.createWithOwnServer()) {
			database.server().stop();
			ClassLoader migrations = migrations(this.directory, Map.of("V1__a.sql", "CREATE TABLE customers (id INT)"));
			CompletableFuture<Void> start = CompletableFuture
				.runAsync(() -> runner(database).withClassLoader(migrations)
					.run((context) -> assertThat(context).hasNotFailed()));
			Awaitility.await()
				.atMost(Duration.ofSeconds(30))
				.until(output::getOut, (out) -> out.contains("cannot be reached"));
			database.server().start();
			start.get(30, TimeUnit.SECONDS);
			assertThat(tables(database)).contains("mega_inbox", "customers");
			assertThat(output.getOut()).containsOnlyOnce("WARN")
				.contains("cannot be reached, waiting for it for up to 5m: ConnectException: Connection refused")
				.containsOnlyOnce("has come after")
				.doesNotContain("ERROR", "\tat ", "password");
		}
	}

	@Test
	void failsAtOnceWhenToldNotToWait() throws IOException {
		unreachable(closedPort()).withPropertyValues("mega.schema.wait-for-database=0")
			.run((context) -> assertThat(context).getFailure()
				.cause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessageContaining("could not be reached at start: ConnectException: Connection refused")
				.hasMessageContaining("'mega.schema.wait-for-database'"));
	}

	@Test
	void givesUpAfterTheConfiguredTime() throws IOException {
		unreachable(closedPort()).withPropertyValues("mega.schema.wait-for-database=2500ms")
			.run((context) -> assertThat(context).getFailure()
				.cause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessageContaining("could not be reached within 2500ms: ConnectException: Connection refused"));
	}

	@Test
	void givesUpOnAServerThatDoesNotAnswer() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			unreachable(silent.getLocalPort()).withPropertyValues("mega.schema.wait-for-database=500ms")
				.run((context) -> assertThat(context).getFailure()
					.cause()
					.hasMessageContaining("127.0.0.1:" + silent.getLocalPort() + "/shop could not be reached within "
							+ "500ms: it does not answer"));
		}
	}

	@Test
	void stopsWaitingWhenTheContextIsClosed(CapturedOutput output) throws Exception {
		AtomicReference<ConfigurableApplicationContext> application = new AtomicReference<>();
		int port = closedPort();
		CompletableFuture<Void> start = CompletableFuture
			.runAsync(() -> unreachable(port).withInitializer(application::set)
				.run((context) -> assertThat(context).getFailure()
					.cause()
					.isInstanceOf(InvalidConfigurationException.class)
					.hasMessageContaining("was stopped while it waited for the database at 127.0.0.1:" + port)));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(output::getOut, (out) -> out.contains("cannot be reached"));
		application.get().close();
		start.get(20, TimeUnit.SECONDS);
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces().keySet(), (threads) -> threads.stream()
				.noneMatch((thread) -> thread.getName().equals("mega-database-awaiter")));
	}

	@Test
	void doesNotWaitWithAWrongPassword() {
		try (TestDatabase database = TestDatabase.create()) {
			runner(database)
				.withPropertyValues("spring.datasource.username=nobody", "spring.datasource.password=s3cr3t")
				.run((context) -> assertThat(context).getFailure()
					.cause()
					.isInstanceOf(InvalidConfigurationException.class)
					.hasMessageContaining("refused the connection: Access denied for user 'nobody'@")
					.hasMessageContaining("Correct 'spring.datasource.username' and 'spring.datasource.password'")
					.hasMessageNotContaining("s3cr3t"));
		}
	}

	@Test
	void doesNotWaitForADatabaseThatTheServerDoesNotHave() {
		try (TestDatabase database = TestDatabase.create()) {
			runner(database)
				.withPropertyValues(
						"spring.datasource.url=" + database.jdbcUrl().replace(database.name(), "no_such_database"))
				.run((context) -> assertThat(context).getFailure()
					.cause()
					.hasMessageContaining("/no_such_database refused the connection: Unknown database")
					.hasMessageContaining("Create the database, or correct its name"));
		}
	}

	@Test
	void refusesANegativeTime() {
		runner()
			.withPropertyValues("spring.datasource.url=jdbc:mysql://localhost/shop",
					"mega.schema.wait-for-database=-1s")
			.run((context) -> assertThat(context).getFailure()
				.hasRootCauseMessage("'wait-for-database' must not be negative"));
	}

	@Test
	void acceptsADataSourceThatIsNotHikari() {
		try (TestDatabase database = TestDatabase.create()) {
			new DatabaseAwaiter(database.dataSource(), Duration.ZERO).afterPropertiesSet();
		}
	}

	private static ApplicationContextRunner unreachable(int port) {
		return runner().withPropertyValues("spring.datasource.url=jdbc:mysql://127.0.0.1:" + port + "/shop?user=me");
	}

	private static int closedPort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

}
