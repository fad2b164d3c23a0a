package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Mistakes in the configuration, which stop the start.
 */
class ConfigurationTests {

	private static final String INBOUND = "mega.connectors.redis.inbound.orders.";

	private static final String OTHER_INBOUND = "mega.connectors.redis.inbound.b.";

	private static TestDatabase database;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "transformer=recorder | says nothing about what to read",
					"stream=a;list=b | says to read stream and list",
					"stream=a;take-from=left | take-from' is set, but the inbound reads 'stream'",
					"list=a;max-length=1 | max-length' is set, but the inbound reads 'list'",
					"channel=a;concurrency=2 | each subscriber of a channel gets every message",
					"list=a}b | whose braces are not a hash tag",
					"keys=order:*;after=rename | there is no prefix for the new names",
					"keys=order:*;rename-prefix=done: | keys are not renamed",
					"keys=order:*;after=rename;rename-prefix=order:done: | be read again",
					"keys=*;after=rename;rename-prefix=done: | be read again" })
	void refusesWhatMakesNoSense(String inbound, String message) {
		assertRefused(message, inbound.split(";"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "stream=a | stream=a;group=mega | name the same stream and group",
					"list=a | list=a | the same list", "keys=a:* | keys=a:*;after=keep | the same keys",
					"keys=a:* | keys=a:*;after=keep | set 'after' of both to keep" })
	void refusesInboundsThatWouldTakeEventsFromEachOther(String inbound, String other, String message) {
		assertRefused(message, both(inbound, other));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "stream=a | stream=a;group=other", "keys=a:*;after=keep | keys=a:*;after=keep",
					"channel=a | channel=a", "list=a | list=b", "list=a | list=a;connection.database=1" })
	void acceptsInboundsThatEachGetAllEvents(String inbound, String other) {
		List<String> properties = properties(both(inbound, other));
		properties.add("spring.data.redis.connect-timeout=10ms");
		assertThatNoException().isThrownBy(() -> RunningApplication.start(database, properties).close());
	}

	private static String[] both(String inbound, String other) {
		return (inbound + ";" + OTHER_INBOUND + "transformer=recorder;" + OTHER_INBOUND
				+ other.replace(";", ";" + OTHER_INBOUND))
			.split(";");
	}

	@Test
	void refusesToReadFromNowhere() {
		assertThatException()
			.isThrownBy(() -> RunningApplication.start(database,
					List.of("mega.connectors.redis.enabled=true", INBOUND + "stream=a",
							INBOUND + "transformer=recorder")))
			.satisfies((ex) -> assertThat(causes(ex)).anySatisfy((cause) -> assertThat(cause)
				.isInstanceOfSatisfying(InvalidConfigurationException.class, (wrong) -> {
					assertThat(wrong.getDescription()).isEqualTo("No Redis is configured.");
					assertThat(wrong.getAction()).contains("spring.data.redis.url", "mega-devservices");
				})));
	}

	@Test
	void refusesToReadNothing() {
		assertThatException()
			.isThrownBy(() -> RunningApplication.start(database, List.of("mega.connectors.redis.enabled=true")))
			.satisfies((ex) -> assertThat(causes(ex))
				.anySatisfy((cause) -> assertThat(cause).hasMessageContaining("no inbound is configured")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "redis://etl:s3cr3t%ss@host:6379", "redis://etl:s3cr3t^@host:6379",
			"redis://etl:s3cr3t @host:6379", "redis://etl:1234/s3cr3t@host:6379", "redis://etl:s3cr3t/@host:6379",
			"http://etl:s3cr3t@host:6379", "redis://etl:s3cr3t@:6379" })
	@ExtendWith(OutputCaptureExtension.class)
	void refusesAnAddressThatCannotBeParsedAndDoesNotPrintIt(String url, CapturedOutput output) {
		assertRefused("'" + INBOUND + "connection.url' has an address that is not", "stream=a",
				"connection.url=" + url);
		assertThatException()
			.isThrownBy(() -> RunningApplication.start(database,
					List.of("mega.connectors.redis.enabled=true", "spring.data.redis.url=" + url, INBOUND + "stream=a",
							INBOUND + "transformer=recorder")))
			.satisfies((ex) -> assertThat(causes(ex))
				.anySatisfy((cause) -> assertThat(cause).isInstanceOf(InvalidConfigurationException.class)
					.hasMessageContaining("'spring.data.redis.url' has an address that is not")));
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START").doesNotContain("s3cr3t");
	}

	@ParameterizedTest
	@ValueSource(strings = { "redis://host", "redis://:p%25ss@host:6379/1", "rediss://etl:secret@[::1]:6379/",
			"rediss://host?timeout=1s", "" })
	void acceptsAddresses(String url) {
		assertThatNoException().isThrownBy(() -> RedisUrlCheck.check(url, "spring.data.redis.url"));
	}

	@Test
	void leavesAnAddressAloneThatIsStillEncrypted() {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("spring.data.redis.url", "ENC(a+b/c=)")));
		assertThatNoException()
			.isThrownBy(() -> new RedisUrlCheck().postProcessEnvironment(environment, new SpringApplication()));
	}

	@Test
	void leavesSpringBootsHealthAndRepositoriesToTheApplication() {
		try (RunningApplication application = RunningApplication.start(database,
				List.of("mega.connectors.redis.enabled=true", "spring.data.redis.port=1", INBOUND + "stream=a",
						INBOUND + "transformer=recorder"))) {
			for (String key : List.of("management.health.redis.enabled", "spring.data.redis.repositories.enabled")) {
				assertThat(application.environment().containsProperty(key)).as(key).isFalse();
			}
		}
	}

	private static void assertRefused(String message, String... inbound) {
		List<String> properties = properties(inbound);
		assertThatException().isThrownBy(() -> RunningApplication.start(database, properties))
			.satisfies((ex) -> assertThat(causes(ex))
				.anySatisfy((cause) -> assertThat(cause).isInstanceOf(InvalidConfigurationException.class)
					.hasMessageContaining(message)));
	}

	private static List<String> properties(String... inbound) {
		List<String> properties = new ArrayList<>(
				List.of("mega.connectors.redis.enabled=true", "spring.data.redis.host=localhost"));
		properties.add(INBOUND + "transformer=recorder");
		Arrays.stream(inbound)
			.filter((property) -> !property.startsWith("transformer"))
			.forEach((property) -> properties.add(property.startsWith(OTHER_INBOUND) ? property : INBOUND + property));
		return properties;
	}

	private static List<Throwable> causes(Throwable ex) {
		List<Throwable> causes = new ArrayList<>();
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			causes.add(cause);
		}
		return causes;
	}

}
