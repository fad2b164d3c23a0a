package org.megaetl.connector.redis;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.lettuce.core.RedisFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.test.ApplicationProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What takes an application in a JVM of its own.
 */
class ProcessTests {

	private static final Logger logger = LoggerFactory.getLogger(ProcessTests.class);

	/** More than the heap, even if it is the short form. */
	private static final int BACKLOG = Boolean.getBoolean("tests.soak") ? 1_000_000 : 100_000;

	private static final int PAYLOAD = 1000;

	/** As characters, together more than the heap. */
	private static final int LARGE_ELEMENT = 3_000_000;

	private static final int LARGE_ELEMENTS = 40;

	private RedisSource source;

	private TestDatabase database;

	private Path output;

	@BeforeEach
	void create(@TempDir Path directory) {
		this.source = RedisSource.create();
		this.database = TestDatabase.create();
		this.output = directory.resolve("output.txt");
	}

	@AfterEach
	void close() {
		this.source.commands().flushdb();
		this.source.close();
		this.database.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "stream=orders", "list=orders" })
	void writesTheNeighboursOfAnEventThatEndsTheProcess(String inbound) {
		for (String payload : List.of("1", "halt", "3")) {
			if (inbound.startsWith("stream")) {
				this.source.commands().xadd("orders", Map.of("payload", payload));
			}
			else {
				this.source.commands().rpush("orders", payload);
			}
		}
		String[] more = { inbound, "max-deliveries=2" };
		try (ApplicationProcess last = startUntilItStays(more)) {
			RunningApplication.await()
				.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).as(last.output())
					.containsExactly("1", "3"));
			RunningApplication.await()
				.untilAsserted(() -> assertThat(RunningApplication.deadLetters(this.database)).singleElement()
					.satisfies((letter) -> assertThat(letter).containsEntry("payload", "halt")));
		}
	}

	private ApplicationProcess startUntilItStays(String... inbound) {
		for (int start = 1; start <= 6; start++) {
			ApplicationProcess process = start(List.of("-Xmx128m"), inbound);
			RunningApplication.await().atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive() || hasDeadLetter());
			if (process.isAlive()) {
				assertThat(start).isGreaterThan(2);
				return process;
			}
		}
		throw new AssertionError("The event ends the process again and again");
	}

	@Test
	void drainsABacklogThatIsLargerThanItsMemory() throws Exception {
		this.source.close();
		this.source = RedisSource.createWithOwnServer();
		fill();
		long begin = System.nanoTime();
		try (ApplicationProcess process = start(List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError"), "stream=orders")) {
			RunningApplication.await()
				.atMost(Duration.ofMinutes(30))
				.pollInterval(Duration.ofMillis(500))
				.until(() -> !process.isAlive() || count() == BACKLOG);
			long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
			assertThat(process.isAlive()).as(process.output()).isTrue();
			logger.info("{} entries of {} bytes in {} ms, the start included, with a heap of 64 MB", BACKLOG, PAYLOAD,
					millis);
			RunningApplication.await().until(() -> this.source.commands().xpending("orders", "mega").getCount() == 0);
		}
		assertThat(JdbcClient.create(this.database.dataSource())
			.sql("SELECT COUNT(DISTINCT LEFT(payload, 10)) FROM received")
			.query(Integer.class)
			.single()).isEqualTo(BACKLOG);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void writesElementsThatTogetherAreLargerThanItsMemory(boolean claimed) {
		String claims = "{orders}:mega-claims:mega/redis.orders:";
		for (int number = 0; number < LARGE_ELEMENTS; number++) {
			this.source.commands()
				.rpush(claimed ? claims + "items:some-token" : "orders",
						"%010d".formatted(number) + "x".repeat(LARGE_ELEMENT));
		}
		if (claimed) {
			// what ended the process before
			this.source.commands().sadd(claims + "slots", "0");
			this.source.commands().hset(claims + "claim:0", Map.of("token", "some-token", "attempts", "4"));
		}
		try (ApplicationProcess process = start(List.of("-Xmx96m", "-XX:+ExitOnOutOfMemoryError"), "list=orders")) {
			RunningApplication.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> !process.isAlive() || count() == LARGE_ELEMENTS);
			assertThat(process.isAlive()).as(process.output()).isTrue();
			RunningApplication.await().until(() -> this.source.commands().exists(claims + "claim:0") == 0);
		}
	}

	private void fill() throws Exception {
		String rest = "x".repeat(PAYLOAD - 10);
		List<RedisFuture<String>> replies = new ArrayList<>();
		for (int number = 0; number < BACKLOG; number++) {
			replies.add(this.source.async().xadd("orders", Map.of("payload", "%010d".formatted(number) + rest)));
			if (replies.size() == 10_000) {
				for (RedisFuture<String> reply : replies) {
					reply.get();
				}
				replies.clear();
			}
		}
		for (RedisFuture<String> reply : replies) {
			reply.get();
		}
	}

	private boolean hasDeadLetter() {
		try {
			return !RunningApplication.deadLetters(this.database).isEmpty();
		}
		catch (BadSqlGrammarException ex) {
			// the table is not there yet
			return false;
		}
	}

	private int count() {
		try {
			return JdbcClient.create(this.database.dataSource())
				.sql("SELECT COUNT(*) FROM received")
				.query(Integer.class)
				.single();
		}
		catch (BadSqlGrammarException ex) {
			// the table is not there yet
			return 0;
		}
	}

	private ApplicationProcess start(List<String> jvm, String... inbound) {
		List<String> arguments = new ArrayList<>();
		this.source.properties("orders", "recorder", inbound).forEach((property) -> arguments.add("--" + property));
		arguments.add("--mega.connectors.redis.inbound.orders."
				+ (inbound[0].startsWith("stream") ? "consumer=here" : "dead-after=1s"));
		arguments.add("--mega.namespace=mega");
		for (String property : this.database.toProperties()) {
			arguments.add("--" + property);
		}
		return ApplicationProcess.start(this.output, jvm, Child.class, arguments);
	}

	/**
	 * The program.
	 */
	static final class Child {

		private Child() {
		}

		public static void main(String[] args) {
			ApplicationProcess.endWithParent();
			new SpringApplicationBuilder(RunningApplication.Application.class).web(WebApplicationType.NONE).run(args);
		}

	}

}
