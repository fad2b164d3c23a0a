package org.megaetl.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Standalone;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Tests for {@link RedisDevServiceAutoConfiguration} and {@link TestRedis}.
 */
class RedisDevServiceAutoConfigurationTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path directory;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RedisDevServiceAutoConfiguration.class))
		.withPropertyValues("mega.connectors.redis.enabled=true");

	@ParameterizedTest
	@ValueSource(strings = { "spring.data.redis.url=redis://redis", "spring.data.redis.host=redis",
			"spring.data.redis.cluster.nodes=a:1,b:2", "spring.data.redis.sentinel.nodes=a:1",
			"mega.devservices.enabled=false", "mega.devservices.redis.enabled=false",
			"mega.connectors.redis.enabled=false" })
	void backsOffWithProperty(String property) {
		this.contextRunner.withPropertyValues(property)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(DataRedisConnectionDetails.class));
	}

	@Test
	void backsOffWithConnectionDetails() {
		this.contextRunner.withBean(DataRedisConnectionDetails.class, () -> new DataRedisConnectionDetails() {

		}).run((context) -> assertThat(context).doesNotHaveBean(DevServiceRedisConnectionDetails.class));
	}

	@Test
	void keepsDataAndPortOverARestartAndEndsWithTheContext() {
		int[] port = new int[1];
		long[] pid = new long[1];
		inDirectory().run((context) -> {
			query(context, (redis) -> redis.set("kept", "7"));
			port[0] = address(context).getPort();
			pid[0] = Long.parseLong(Files.readString(this.directory.resolve("redis.pid")).strip());
			assertThat(ProcessHandle.of(pid[0])).isPresent();
		});
		assertThat(ProcessHandle.of(pid[0])).isEmpty();
		inDirectory().run((context) -> {
			assertThat(query(context, (redis) -> redis.get("kept"))).isEqualTo("7");
			assertThat(address(context).getPort()).isEqualTo(port[0]);
		});
		inDirectory().withPropertyValues("mega.devservices.redis.fresh=true")
			.run((context) -> assertThat(query(context, RedisCommands::dbsize)).isEqualTo("0"));
	}

	@Test
	void takesAnotherPortWhereItsOwnIsInUseMeanwhile() throws IOException {
		int[] port = new int[1];
		inDirectory().run((context) -> port[0] = address(context).getPort());
		try (ServerSocket other = new ServerSocket(port[0], 1, InetAddress.getLoopbackAddress())) {
			inDirectory().run((context) -> {
				assertThat(query(context, RedisCommands::ping)).isEqualTo("PONG");
				assertThat(address(context).getPort()).isNotEqualTo(other.getLocalPort());
			});
		}
	}

	@Test
	void givesEachApplicationADatabaseOfTheSharedServer() {
		ApplicationContextRunner shared = this.contextRunner.withPropertyValues("mega.devservices.redis.shared=true");
		shared.run((first) -> shared.run((second) -> {
			assertThat(address(first).getPort()).isEqualTo(address(second).getPort());
			assertThat(address(first).getDatabase()).isNotEqualTo(address(second).getDatabase());
			assertThat(query(second, RedisCommands::ping)).isEqualTo("PONG");
		}));
	}

	@Test
	void givesTestsAServerThatTheyMayBreak() {
		try (TestRedis shared = TestRedis.create();
				TestRedis own = TestRedis.createWithOwnServer("--appendonly", "yes", "--appendfsync", "always")) {
			assertThatIllegalStateException().isThrownBy(shared::server).withMessageContaining("createWithOwnServer()");
			int port = own.port();
			query(own.host(), port, 0, (redis) -> redis.set("kept", "7"));
			own.server().kill();
			assertThat(own.server().isRunning()).isFalse();
			own.server().start();
			assertThat(own.port()).isEqualTo(port);
			assertThat(query(own.host(), port, 0, (redis) -> redis.get("kept"))).isEqualTo("7");
		}
	}

	@Test
	void refusesADirectoryInUse() {
		inDirectory().run(
				(first) -> inDirectory()
					.run((second) -> assertFailure(second,
							"The data directory %s is in use by another application (process %d)"
								.formatted(this.directory, ProcessHandle.current().pid()),
							"mega.devservices.redis.directory")));
	}

	@Test
	void reportsTheServersLogWhenItDoesNotStart() {
		inDirectory().withPropertyValues("mega.devservices.redis.args=--no-such-option,1")
			.run((context) -> assertFailure(context, "no-such-option", "spring.data.redis.url"));
	}

	@Test
	void reportsAProgramThatIsNone() {
		inDirectory().withPropertyValues("mega.devservices.redis.program=no/such/redis-server")
			.run((context) -> assertFailure(context, "no/such/redis-server', which is not a program", "Valkey"));
	}

	@Test
	void reportsThatNoDockerEngineAnswers() {
		assumeFalse(RedisContainerServer.SUPPORT.isAvailable());
		inDirectory().withPropertyValues("mega.devservices.redis.provider=testcontainers")
			.run((context) -> assertFailure(context, "no Docker engine answers", "Start Docker"));
	}

	private ApplicationContextRunner inDirectory() {
		return this.contextRunner.withPropertyValues("mega.devservices.redis.directory=" + this.directory);
	}

	private static void assertFailure(AssertableApplicationContext context, String description, String action) {
		assertThat(context).hasFailed();
		FailureAnalysis analysis = new DevServiceFailureAnalyzer()
			.analyze(Objects.requireNonNull(context.getStartupFailure()));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription()).contains(description);
		assertThat(analysis.getAction()).contains(action);
	}

	private static Standalone address(AssertableApplicationContext context) {
		return Objects.requireNonNull(context.getBean(DataRedisConnectionDetails.class).getStandalone());
	}

	private static String query(AssertableApplicationContext context,
			Function<RedisCommands<String, String>, Object> command) {
		Standalone address = address(context);
		return query(address.getHost(), address.getPort(), address.getDatabase(), command);
	}

	private static String query(String host, int port, int database,
			Function<RedisCommands<String, String>, Object> command) {
		RedisClient client = RedisClient.create(RedisURI.Builder.redis(host, port).withDatabase(database).build());
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			return String.valueOf(command.apply(connection.sync()));
		}
		finally {
			client.shutdown();
		}
	}

}
