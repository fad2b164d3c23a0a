package org.megaetl.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The life of a broker.
 */
class KafkaServerTests {

	@Test
	void keepsPortAndTopicsOverStopAndKill() throws Exception {
		try (TestKafka kafka = TestKafka.createWithOwnServer(Map.of())) {
			kafka.createTopics(List.of("orders", "orders", "payments"));
			String address = kafka.bootstrapServers();
			kafka.server().stop();
			assertThat(kafka.server().isRunning()).isFalse();
			kafka.server().start();
			assertThat(topics(kafka)).containsExactlyInAnyOrder("orders", "payments");
			kafka.server().kill();
			assertThat(kafka.server().isRunning()).isFalse();
			kafka.server().start();
			kafka.createTopics(List.of("orders", "more"));
			assertThat(topics(kafka)).containsExactlyInAnyOrder("orders", "payments", "more");
			assertThat(kafka.bootstrapServers()).isEqualTo(address);
		}
	}

	@Test
	void saysWhatTheLogSaysWhenItDoesNotStart() {
		assertThatExceptionOfType(DevServiceException.class)
			.isThrownBy(() -> TestKafka.createWithOwnServer(Map.of("num.io.threads", "none")))
			.withMessageContaining("num.io.threads")
			.withMessageContaining("kafka.log");
	}

	@Test
	void takesAnotherPortWhereThatOfLastTimeIsInUseMeanwhile(@TempDir Path path) throws Exception {
		try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Files.writeString(path.resolve("port"), Integer.toString(other.getLocalPort()));
			try (KafkaServer server = LocalServer.start(new KafkaServer(acquire(path), 0, Map.of(), List.of()),
					false)) {
				assertThat(server.port()).isNotEqualTo(other.getLocalPort());
				assertThat(server.isRunning()).isTrue();
			}
		}
	}

	@Test
	void isStoppedByTheNextStartInItsDirectoryWhenItWasLeftBehind(@TempDir Path path) throws Exception {
		ServiceDirectory directory = acquire(path);
		KafkaServer leftBehind = LocalServer.start(new KafkaServer(directory, 0, Map.of(), List.of()), false);
		ProcessHandle process = ProcessHandle.of(leftBehind.pid()).orElseThrow();
		ProcessHandle watchdog = process.parent().orElseThrow();
		List<ProcessHandle> watchdogs = Stream.concat(Stream.of(watchdog), watchdog.children())
			.filter((each) -> !each.equals(process))
			.toList();
		try {
			watchdogs.forEach(ProcessHandle::destroyForcibly);
			// as when its JVM has ended
			directory.close();
			assertThat(process.isAlive()).isTrue();
			try (KafkaServer next = LocalServer.start(new KafkaServer(acquire(path), 0, Map.of(), List.of()), false)) {
				assertThat(process.isAlive()).isFalse();
				assertThat(next.isRunning()).isTrue();
				assertThat(next.port()).isEqualTo(leftBehind.port());
			}
		}
		finally {
			process.destroyForcibly();
		}
	}

	private static ServiceDirectory acquire(Path path) throws IOException {
		return Objects.requireNonNull(ServiceDirectory.acquire(path));
	}

	private static Iterable<String> topics(TestKafka kafka) throws Exception {
		try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()))) {
			return admin.listTopics().names().get();
		}
	}

}
