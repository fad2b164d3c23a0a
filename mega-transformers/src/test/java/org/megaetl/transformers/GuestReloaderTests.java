package org.megaetl.transformers;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.transformers.guest.GuestTransformer;
import org.megaetl.transformers.test.TestFiles;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Files that change while the application runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class GuestReloaderTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	private Path directory;

	@Test
	void runsWhatAFileHasBecomeAndRefusesWhatCannotBeUsed() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
		});
		TransformersProperties properties = Configured.properties("""
				mega.transformers.test:
				  type: javascript
				  location: "file:%s"
				  tables: [orders]
				  timeout: 20s
				  reload-interval: 10ms
				""".formatted(file));
		Transformer transformer = new ConfiguredTransformers(properties, reloader, false).transformers().get("test");
		assertThat(transformer).isNotNull();
		reloader.start();
		try {
			assertThat(values(transformer)).isEqualTo("first");
			Files.writeString(file, script("the second"));
			await().atMost(PATIENCE).until(() -> values(transformer).equals("the second"));
			Files.writeString(file, "export function transfrom() { }");
			await().atMost(PATIENCE).until(() -> !reloader.refused().isEmpty());
			assertThat(reloader.refused().get("test")).contains("order.js", "There is no function");
			Health health = new TransformersHealthIndicator(reloader).health();
			assertThat(health).isNotNull();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("test");
			assertThat(values(transformer)).isEqualTo("the second");
			Files.writeString(file, script("the third one"));
			await().atMost(PATIENCE).until(() -> values(transformer).equals("the third one"));
			assertThat(reloader.refused()).isEqualTo(Map.of());
		}
		finally {
			reloader.stop();
		}
	}

	@Test
	void refusesWhatFailsItsTests() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("tested"));
		TransformersProperties properties = Configured.properties("""
				mega:
				  transformer-tests: "file:%s/*.mega-test.yml"
				  transformers.test:
				    type: javascript
				    location: "file:%s"
				    tables: [orders]
				    timeout: 20s
				    reload-interval: 10ms
				    tests:
				    - { name: a test, json: "{}", rows: "{ table: orders, row: { v: tested } }" }
				""".formatted(this.directory, file));
		AtomicReference<ConfiguredTests> tests = new AtomicReference<>();
		GuestReloader reloader = new GuestReloader((name, candidate) -> tests.get().require(name, candidate));
		ConfiguredTransformers transformers = new ConfiguredTransformers(properties, reloader, false);
		tests.set(new ConfiguredTests(properties, new TestFiles(new PathMatchingResourcePatternResolver()),
				new TransformerRegistry(transformers.transformers()), null));
		Transformer transformer = Objects.requireNonNull(transformers.transformers().get("test"));
		reloader.start();
		try (TransformerBatch batch = transformer.openBatch()) {
			Files.writeString(file, script("another"));
			await().atMost(PATIENCE).until(() -> !reloader.refused().isEmpty());
			assertThat(reloader.refused().get("test")).contains("fails its test 'a test'",
					"column 'v' is 'another', but 'tested' is expected");
			assertThat(values(transformer)).isEqualTo("tested");
			Files.writeString(file,
					script("tested").replace("'tested' }", "'tested', ...(event.json === 1 && { n: 1 }) }"));
			await().atMost(PATIENCE).until(() -> reloader.refused().isEmpty());
			await().atMost(PATIENCE).until(() -> Configured.rows(transformer, "1").get(0).columns().size() == 2);
			assertThat(batch.transform(Configured.event("1")).toString()).doesNotContain("n]");
			assertThat(batch.transform(Configured.event("1")).toString()).doesNotContain("n]");
		}
		finally {
			reloader.stop();
			transformers.destroy();
		}
	}

	@Test
	void knowsAColumnThatWasAddedMeanwhile() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		TransformersProperties properties = Configured.properties("""
				mega:
				  transformer-tests: "file:%s/*.mega-test.yml"
				  transformers.test:
				    type: javascript
				    location: "file:%s"
				    tables: [orders]
				    timeout: 20s
				    reload-interval: 10ms
				""".formatted(this.directory, file));
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("CREATE TABLE orders (v VARCHAR(40))");
			AtomicReference<ConfiguredTests> tests = new AtomicReference<>();
			GuestReloader reloader = new GuestReloader((name, candidate) -> tests.get().require(name, candidate));
			ConfiguredTransformers transformers = new ConfiguredTransformers(properties, reloader, false);
			tests.set(new ConfiguredTests(properties, new TestFiles(new PathMatchingResourcePatternResolver()),
					new TransformerRegistry(transformers.transformers()), database.dataSource()));
			new TransformerTables(transformers, database.dataSource()).afterPropertiesSet();
			Transformer transformer = Objects.requireNonNull(transformers.transformers().get("test"));
			reloader.start();
			try (TransformerBatch batch = transformer.openBatch()) {
				database.execute("ALTER TABLE orders ADD COLUMN amount DECIMAL(10,2)");
				Files.writeString(file, script("the second").replace(" } }", ", amount: '1.50' } }"));
				await().atMost(PATIENCE).until(() -> Configured.rows(transformer, "1").get(0).columns().size() == 2);
				assertThat(Configured.rows(transformer, "1").get(0).values()).containsExactly("the second",
						new BigDecimal("1.50"));
				assertThat(batch.transform(Configured.event("1")).toString()).contains("first");
			}
			finally {
				reloader.stop();
				transformers.destroy();
			}
		}
	}

	@Test
	void triesARefusedFileAgainAndSaysOnlyOnceWhyItIsRefused(CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		AtomicReference<String> reason = new AtomicReference<>("The database is away.");
		AtomicInteger trials = new AtomicInteger();
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
			trials.incrementAndGet();
			if (reason.get() != null) {
				throw new InvalidConfigurationException(reason.get(), "Wait.");
			}
		}, Duration.ofMillis(10));
		Transformer transformer = watched(file, reloader);
		reloader.start();
		try {
			Files.writeString(file, script("the second"));
			await().atMost(PATIENCE).until(() -> trials.get() >= 2);
			assertThat(reloader.refused()).containsEntry("test", "The database is away.");
			reason.set("The test fails.");
			await().atMost(PATIENCE).until(() -> reloader.refused().containsValue("The test fails."));
			assertThat(values(transformer)).isEqualTo("first");
			reason.set(null);
			await().atMost(PATIENCE).until(() -> values(transformer).equals("the second"));
			await().atMost(PATIENCE).until(() -> reloader.refused().isEmpty());
		}
		finally {
			reloader.stop();
		}
		assertThat(output.toString().split("goes on as it was: The database is away")).hasSize(2);
		assertThat(output.toString().split("goes on as it was: The test fails")).hasSize(2);
	}

	@Test
	void leavesARefusedFileAloneUntilItIsTimeOrItChanges() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		AtomicInteger trials = new AtomicInteger();
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
			trials.incrementAndGet();
			throw new InvalidConfigurationException("The test fails.", "Correct it.");
		});
		watched(file, reloader);
		reloader.start();
		try {
			replace(file, script("the second"));
			await().atMost(PATIENCE).until(() -> trials.get() == 1);
			await().during(Duration.ofSeconds(2)).until(() -> trials.get() == 1);
			replace(file, script("the third one"));
			await().atMost(PATIENCE).until(() -> trials.get() == 2);
		}
		finally {
			reloader.stop();
		}
	}

	@Test
	void refusesNothingOnceTheFileIsAsBefore() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
		});
		watched(file, reloader);
		Path aside = this.directory.resolve("aside.js");
		reloader.start();
		try {
			Files.move(file, aside);
			Files.writeString(file, "export function transfrom() { }");
			await().atMost(PATIENCE).until(() -> !reloader.refused().isEmpty());
			Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
			await().atMost(PATIENCE).until(() -> reloader.refused().isEmpty());
		}
		finally {
			reloader.stop();
		}
	}

	/**
	 * What a file makes of its compiler may be an error, too.
	 */
	@Test
	void goesOnAfterAFileThatOverflowsTheStack() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		AtomicBoolean overflow = new AtomicBoolean(true);
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
			if (overflow.get()) {
				throw new StackOverflowError();
			}
		});
		Transformer transformer = watched(file, reloader);
		reloader.start();
		try {
			Files.writeString(file, script("the second"));
			await().atMost(PATIENCE).until(() -> !reloader.refused().isEmpty());
			assertThat(reloader.refused().get("test")).contains("StackOverflowError");
			overflow.set(false);
			Files.writeString(file, script("the third one"));
			await().atMost(PATIENCE).until(() -> values(transformer).equals("the third one"));
		}
		finally {
			reloader.stop();
		}
	}

	@Test
	void endsEvenIfTheInterruptIsTakenByWhatItTries() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		AtomicReference<Thread> thread = new AtomicReference<>();
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
			thread.set(Thread.currentThread());
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				throw new InvalidConfigurationException("It was interrupted.", "Try again.");
			}
		});
		watched(file, reloader);
		reloader.start();
		Files.writeString(file, script("the second"));
		await().atMost(PATIENCE).until(() -> thread.get() != null);
		reloader.stop();
		await().atMost(PATIENCE).until(() -> !thread.get().isAlive());
	}

	@Test
	void noticesAChangeWhileTheFileWasRead() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		GuestReloader unused = new GuestReloader((name, candidate) -> {
		});
		GuestTransformer transformer = (GuestTransformer) watched(file, unused);
		String version = GuestReloader.version(file);
		Files.writeString(file, script("the second"));
		CountDownLatch loaded = new CountDownLatch(1);
		GuestReloader reloader = new GuestReloader((name, candidate) -> {
		});
		reloader.watch("test", file, Duration.ZERO, transformer, () -> {
			loaded.countDown();
			throw new IllegalStateException("Not needed");
		}, version);
		reloader.start();
		try {
			assertThat(loaded.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		finally {
			reloader.stop();
		}
	}

	private Transformer watched(Path file, GuestReloader reloader) {
		return Objects.requireNonNull(new ConfiguredTransformers(Configured.properties("""
				mega.transformers.test:
				  type: javascript
				  location: "file:%s"
				  tables: [orders]
				  timeout: 20s
				  reload-interval: 10ms
				""".formatted(file)), reloader, false).transformers().get("test"));
	}

	/**
	 * Replaces a file in one step, so that it is noticed once.
	 */
	private void replace(Path file, String content) throws IOException {
		Files.move(Files.writeString(this.directory.resolve("new"), content), file, StandardCopyOption.ATOMIC_MOVE);
	}

	private static String script(String value) {
		return "export const transform = (event) => ({ table: 'orders', row: { v: '" + value + "' } });";
	}

	private static String values(Transformer transformer) throws Exception {
		return String.valueOf(
				Configured.rows(transformer, "1").stream().map((row) -> row.values().get(0)).findFirst().orElseThrow());
	}

}
