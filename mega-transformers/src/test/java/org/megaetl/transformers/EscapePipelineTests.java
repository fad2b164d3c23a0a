package org.megaetl.transformers;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.schema.MegaSchemaAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Guests that try to get out, in a pipeline that writes to a database: whatever one does
 * for an event, that one becomes a dead letter, and those around it are written. With
 * {@code -Dtests.escapes=long} ten thousand times.
 */
@ParameterizedClass
@ValueSource(strings = { "graaljs", "quickjs", "wasm" })
class EscapePipelineTests {

	private static final int ATTEMPTS = "long".equals(System.getProperty("tests.escapes")) ? 10_000 : 100;

	/** One in so many attempts waits for its timeout. */
	private static final int BETWEEN_TIMEOUTS = 25;

	private static final int AT_ONCE = 10;

	private static final long SLACK = 32 << 20;

	private static final String SCRIPT = """
			const fine = { table: 'orders', row: { id: 1 } };
			const recursion = () => recursion() + 1;
			let kept = 0;
			export function transform(event) {
				switch (event.text) {
					case 'loop': for (;;) { }
					case 'regex': return /^(?=(a+)+$)b\\1/.test('a'.repeat(40) + 'b') ? null : fine;
					case 'catching loop': for (;;) { try { recursion(); } catch (error) { } }
					case 'memory': { const all = []; for (;;) { all.push('x'.repeat(100000) + all.length); } }
					case 'recursion': return recursion();
					case 'output': return { table: 'orders', row: { id: 1, note: 'x'.repeat(2000000) } };
					case 'Java': return Java.type('java.lang.System').exit(1);
					case 'pollution': Object.prototype.id = 2; return fine;
					case 'file': return load('/etc/passwd');
					case 'network': return fetch('http://localhost/');
					case 'environment': return { table: 'orders', row: { id: 1, note: process.env.PATH } };
					case 'clock': return { table: 'orders', row: { id: performance.now() } };
					case 'timer': setTimeout(() => 1, 1); return fine;
					case 'table': return { table: 'secrets', row: { id: 1 } };
					case 'platform': return { table: 'mega_dead_letter', row: { id: 1 } };
					case 'SQL': return { table: 'orders', row: { 'id) VALUES (1); DROP TABLE orders; -- ': 1 } };
					case 'table as SQL': return { table: 'orders; DROP TABLE orders', row: { id: 1 } };
					case 'key as SQL': return { table: 'orders', key: ['id = 1 OR 1'], mode: 'upsert', row: { id: 1 } };
					case 'keep': kept++; throw new Error(`kept ${kept}`);
					default: return fine;
				}
			}
			""";

	private static final Map<String, String> OF_SCRIPTS = new LinkedHashMap<>();

	private static final Map<String, String> OF_MODULES = new LinkedHashMap<>();

	static {
		OF_SCRIPTS.put("recursion", ".*");
		OF_SCRIPTS.put("output", ".*(more than 'mega.transformers.test.max-output' allows|out of memory).*");
		OF_SCRIPTS.put("Java", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("pollution", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("file", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("network", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("environment", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("clock", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("timer", "(Reference|Type)Error: .*");
		OF_SCRIPTS.put("table", ".*'secrets', which 'mega.transformers.test.tables' does not allow.*");
		OF_SCRIPTS.put("platform", ".*'mega_dead_letter', which .* does not allow.*");
		OF_SCRIPTS.put("SQL", ".*DROP TABLE orders; -- ', which table 'orders' does not have.*");
		OF_SCRIPTS.put("table as SQL", ".*does not allow.*");
		OF_SCRIPTS.put("key as SQL", ".*no unique key of these columns.*");
		OF_MODULES.put("m", ".*");
		OF_MODULES.put("r", ".*call stack exhausted.*");
		OF_MODULES.put("o", ".*more than its 'max-output' allows.*");
		OF_MODULES.put("n", ".*which is not in its memory.*");
		OF_MODULES.put("b", ".*which is not in its memory.*");
		OF_MODULES.put("h", ".*more than its 'max-output' allows.*");
		OF_MODULES.put("v", ".*not JSON.*");
		OF_MODULES.put("q", ".*which is not in its memory.*");
		OF_MODULES.put("w", ".*which is not in its memory.*");
		OF_MODULES.put("t", ".*unreachable.*");
		OF_MODULES.put("x", ".*ended itself.*");
		OF_MODULES.put("f", "no file");
		OF_MODULES.put("i", "no input");
		OF_MODULES.put("s", "no socket");
		OF_MODULES.put("z", "no sleep");
		OF_MODULES.put("e", "LEVEL=7\0");
		OF_MODULES.put("d", ".*'secrets', which 'mega.transformers.test.tables' does not allow.*");
		OF_MODULES.put("D", ".*DROP TABLE orders; -- ', which table 'orders' does not have.*");
	}

	private static TestDatabase database;

	private static JdbcTemplate jdbc;

	@Parameter
	private String engine;

	@TempDir
	private Path directory;

	private final Map<String, String> attacks = new LinkedHashMap<>();

	private final List<String> loops = new ArrayList<>();

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
		database.execute("CREATE TABLE orders (id INT NOT NULL, note VARCHAR(100))", "CREATE TABLE secrets (id INT)");
		jdbc = new JdbcTemplate(database.dataSource());
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@BeforeEach
	void chooseAttacks() {
		boolean module = this.engine.equals("wasm");
		this.attacks.putAll(module ? OF_MODULES : OF_SCRIPTS);
		this.loops.addAll(module ? List.of("l") : List.of("loop", "catching loop"));
		if (this.engine.equals("graaljs")) {
			// QuickJS gives up such an expression by itself
			this.loops.add("regex");
		}
		if (this.engine.equals("quickjs")) {
			this.attacks.put("memory", ".*");
		}
	}

	@Test
	void eachAttemptIsOneDeadLetter() throws Exception {
		run((pipelines) -> {
			for (Map.Entry<String, String> attack : this.attacks.entrySet()) {
				assertThat(attempt(pipelines.orders(), attack.getKey())).as(attack.getKey())
					.matches("(?s)" + attack.getValue());
			}
			for (String loop : this.loops) {
				long start = System.nanoTime();
				assertThat(attempt(pipelines.orders(), loop)).as(loop)
					.matches("The transformer took longer than 400ms|The script was ended, .*");
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
			}
			assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM secrets", Integer.class)).isZero();
		});
	}

	@Test
	void keepsNothingForAnotherPipeline() throws Exception {
		String keep = this.engine.equals("wasm") ? "k" : "keep";
		run((pipelines) -> {
			String first = attempt(pipelines.orders(), keep);
			assertThat(attempt(pipelines.orders(), keep)).isNotEqualTo(first);
			assertThat(attempt(pipelines.other(), keep)).isEqualTo(first);
		});
	}

	@Test
	void manyAttemptsLeaveNothingOnTheHeap() throws Exception {
		run((pipelines) -> {
			attempt(pipelines, 2 * BETWEEN_TIMEOUTS);
			long before = usedHeap();
			long start = System.nanoTime();
			attempt(pipelines, ATTEMPTS);
			long after = usedHeap();
			System.out.printf("%s: %,d attempts in %,d s, heap %,d KB before, %,d KB after%n", this.engine, ATTEMPTS,
					TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start), before >> 10, after >> 10);
			assertThat(after).isLessThan(before + SLACK);
		});
	}

	private void attempt(TwoPipelines pipelines, int attempts) throws Exception {
		List<String> quick = List.copyOf(this.attacks.keySet());
		for (int i = 0; i < attempts; i += AT_ONCE) {
			List<String> some = new ArrayList<>();
			for (int j = i; j < i + AT_ONCE; j++) {
				int loop = j / BETWEEN_TIMEOUTS;
				some.add((j % BETWEEN_TIMEOUTS == 0) ? this.loops.get(loop % this.loops.size())
						: quick.get(j % quick.size()));
			}
			attempt(pipelines.orders(), some);
		}
	}

	private static String attempt(PushPipeline pipeline, String attack) throws Exception {
		return attempt(pipeline, List.of(attack)).get(0);
	}

	/**
	 * Submits attacks between usual events, then one more of those.
	 * @return why each attack was refused
	 */
	private static List<String> attempt(PushPipeline pipeline, List<String> attacks) throws Exception {
		int rows = count("orders");
		int letters = count("mega_dead_letter");
		List<Event> events = new ArrayList<>(List.of(event(pipeline, "-")));
		for (String attack : attacks) {
			events.add(event(pipeline, attack));
			events.add(event(pipeline, "-"));
		}
		List<EventOutcome> outcomes = pipeline.submit(events).get(60, TimeUnit.SECONDS);
		assertThat(pipeline.submit(event(pipeline, "-")).get(60, TimeUnit.SECONDS)).isEqualTo(new Written());
		List<String> reasons = new ArrayList<>();
		for (int i = 0; i < events.size(); i++) {
			String payload = events.get(i).text();
			if (payload.equals("-")) {
				assertThat(outcomes.get(i)).as("an event among %s", attacks).isEqualTo(new Written());
			}
			else {
				assertThat(outcomes.get(i)).as(payload)
					.isInstanceOfSatisfying(DeadLettered.class, (letter) -> reasons.add(letter.reason()));
			}
		}
		assertThat(count("orders")).isEqualTo(rows + attacks.size() + 2);
		assertThat(count("mega_dead_letter")).isEqualTo(letters + attacks.size());
		return reasons;
	}

	private void run(ThrowingConsumer<TwoPipelines> test) throws Exception {
		boolean module = this.engine.equals("wasm");
		String location = module ? "classpath:org/megaetl/transformers/wasm/attacks.wasm"
				: "file:" + Files.writeString(this.directory.resolve("escape.js"), SCRIPT);
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
					MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class,
					TransformersAutoConfiguration.class))
			.withUserConfiguration(TwoPipelines.class)
			.withPropertyValues(database.toProperties())
			.withPropertyValues("mega.namespace=test",
					"mega.transformers.test.type=" + (module ? "wasm" : "javascript"),
					"mega.transformers.test.location=" + location, "mega.transformers.test.tables=orders",
					"mega.transformers.test.timeout=400ms")
			.withPropertyValues(
					module ? "mega.transformers.test.config.LEVEL=7" : "mega.transformers.test.engine=" + this.engine)
			.withPropertyValues(this.engine.equals("graaljs") ? new String[0]
					: new String[] { "mega.transformers.test.memory=4MB" })
			.run((context) -> {
				assertThat(context).hasNotFailed();
				try {
					test.accept(context.getBean(TwoPipelines.class));
				}
				finally {
					database.execute("DELETE FROM orders", "DELETE FROM mega_dead_letter",
							"DELETE FROM mega_dead_letter_payload");
				}
			});
	}

	private static Event event(PushPipeline pipeline, String payload) {
		return Event.from(pipeline.name().toString(), payload.getBytes(StandardCharsets.UTF_8)).build();
	}

	private static int count(String table) {
		Integer count = jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class);
		return (count != null) ? count : 0;
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	@Configuration
	static class TwoPipelines {

		private final Pipelines pipelines;

		TwoPipelines(Pipelines pipelines) {
			this.pipelines = pipelines;
		}

		@Bean
		PushPipeline orders() {
			return pipeline("orders");
		}

		@Bean
		PushPipeline other() {
			return pipeline("other");
		}

		private PushPipeline pipeline(String name) {
			return this.pipelines
				.push(new PipelineSettings(new PipelineName("test", name), "test", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
