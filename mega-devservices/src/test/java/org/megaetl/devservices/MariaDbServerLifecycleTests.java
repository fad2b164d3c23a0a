package org.megaetl.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests that a server ends with the process it was started by, and that nothing else
 * does.
 */
class MariaDbServerLifecycleTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path temporary;

	@Test
	void endsAfterItsJvmWasKilledAndKeepsWhatWasCommitted() throws Exception {
		ChildApplication application = startApplication("first").awaitReady();
		ProcessHandle server = server();
		application.kill();
		await().atMost(Duration.ofSeconds(10)).until(() -> !server.isAlive());
		assertThat(events()).containsExactly("started");
	}

	@Test
	void isStoppedByTheNextStartWhenItsWatchdogWasKilledToo() throws Exception {
		ChildApplication application = startApplication("first").awaitReady();
		ProcessHandle server = server();
		ProcessHandle watchdog = server.parent().orElseThrow();
		List<ProcessHandle> watchdogs = Stream.concat(Stream.of(watchdog), watchdog.children())
			.filter((process) -> !process.equals(server))
			.toList();
		assertThat(watchdogs).hasSize(2);
		watchdogs.forEach(ProcessHandle::destroyForcibly);
		application.kill();
		assertThat(server.isAlive()).isTrue();
		assertThat(events()).containsExactly("started");
		assertThat(server.isAlive()).isFalse();
	}

	@Test
	void outlivesTheApplicationThatATerminalSignals() throws Exception {
		ChildApplication application = startApplication("first").awaitReady();
		ProcessHandle server = server();
		application.signalGroup("TERM");
		assertThat(server.isAlive()).isFalse();
		assertThat(events()).containsExactly("started", "closed");
	}

	@Test
	void neverEndsAForeignProcess() throws Exception {
		Process foreign = new ProcessBuilder("sleep", "600").start();
		try (TestDatabase other = TestDatabase.createWithOwnServer()) {
			for (long pid : new long[] { foreign.pid(), other.server().pid(), ProcessHandle.current().pid() }) {
				Files.createDirectories(directory());
				Files.writeString(directory().resolve("mariadb.pid"), Long.toString(pid));
				start().close();
			}
			assertThat(foreign.isAlive()).isTrue();
			assertThat(other.server().isRunning()).isTrue();
		}
		finally {
			foreign.destroyForcibly();
		}
	}

	@Test
	void refusesASecondApplicationInTheSameDirectory() throws Exception {
		try (ChildApplication first = startApplication("first").awaitReady();
				ChildApplication second = startApplication("second")) {
			await().atMost(Duration.ofSeconds(30)).until(() -> second.output().contains("Action:"));
			assertThat(second.output())
				.contains("The data directory %s is in use by another application (process %d).".formatted(directory(),
						first.pid()))
				.contains("mega.devservices.mariadb.directory");
		}
		await().atMost(Duration.ofSeconds(20)).until(() -> serverPid() == null);
	}

	@Test
	void startsAgainOnTheSamePortWithTheSameData() {
		try (TestDatabase database = TestDatabase.createWithOwnServer()) {
			MariaDbServer server = database.server();
			database.execute("CREATE TABLE kept (id INT)", "INSERT INTO kept VALUES (7)");
			int port = server.port();
			server.kill();
			assertThat(server.isRunning()).isFalse();
			server.start();
			assertThat(server.port()).isEqualTo(port);
			server.stop();
			server.start();
			assertThat(new JdbcTemplate(database.dataSource()).queryForObject("SELECT id FROM kept", Integer.class))
				.isEqualTo(7);
		}
	}

	@Test
	void saysWhichDirectoryCannotBeWritten() throws IOException {
		Path file = Files.createFile(this.temporary.resolve("file"));
		DevServicesProperties properties = properties(file.resolve("below"));
		assertThatExceptionOfType(DevServiceException.class).isThrownBy(() -> DatabaseServers.ofProject(properties))
			.withMessageContaining(file.toString());
	}

	private ChildApplication startApplication(String name) throws IOException {
		return ChildApplication.start(this.temporary.resolve(name + ".log"),
				"--mega.devservices.mariadb.directory=" + directory());
	}

	private Path directory() {
		return this.temporary.resolve("mariadb");
	}

	private ProcessHandle server() throws IOException {
		return ProcessHandle.of(Objects.requireNonNull(serverPid())).orElseThrow();
	}

	private @Nullable Long serverPid() throws IOException {
		Path file = directory().resolve("mariadb.pid");
		return Files.exists(file) ? Long.valueOf(Files.readString(file).strip()) : null;
	}

	private List<String> events() {
		try (MariaDbServer server = start()) {
			return new JdbcTemplate(server.dataSource("mega")).queryForList("SELECT name FROM event", String.class);
		}
	}

	private MariaDbServer start() {
		return DatabaseServers.ofProject(properties(directory()));
	}

	private static DevServicesProperties properties(Path directory) {
		return new DevServicesProperties(true, null,
				new DevServicesProperties.MariaDb(true, DevServicesProperties.Provider.EMBEDDED, false, 0, directory,
						false, "mega", List.of()),
				new DevServicesProperties.Redis(false, DevServicesProperties.Provider.EMBEDDED, false, 0, null, false,
						null, List.of()),
				new DevServicesProperties.Kafka(false, DevServicesProperties.Provider.EMBEDDED, false, 0, null, false,
						Map.of()));
	}

}
