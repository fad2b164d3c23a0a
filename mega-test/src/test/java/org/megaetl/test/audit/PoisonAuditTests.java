package org.megaetl.test.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.connector.file.FileSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.test.NumberedEvent;
import org.megaetl.test.NumberedEvent.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One event in a hundred is refused by the database: what that costs the others.
 */
class PoisonAuditTests {

	private static final Logger logger = LoggerFactory.getLogger(PoisonAuditTests.class);

	private static final int EVENTS = 100_000;

	private static final int BAD = 1000;

	private static final double MOST = 5;

	@Test
	void oneBadEventInAHundredHarmsNoOther(@TempDir Path directory) throws Exception {
		long seed = Long.getLong("tests.audit.seed", System.nanoTime());
		Set<Integer> bad = new TreeSet<>();
		new Random(seed).ints(1, EVENTS + 1).distinct().limit(BAD).forEach(bad::add);
		try (TestDatabase database = TestDatabase.createWithOwnServer()) {
			run(database, directory, "warm-up", Set.of());
			Cost clean = run(database, directory, "clean", Set.of());
			Cost poisoned = run(database, directory, "poisoned", bad);
			double ratio = ratio(clean, poisoned);
			logger.info(
					"AUDIT poison: seed {}, clean: {} ms, {} statements; {} bad events: {} ms, {} statements; ratio {}",
					seed, clean.millis(), clean.inserts(), BAD, poisoned.millis(), poisoned.inserts(),
					"%.1f".formatted(ratio));
			AuditedRows rows = new AuditedRows(database.dataSource());
			assertThat(rows.audit(List.of("file.clean"), 1, EVENTS).lost()).isZero();
			assertThat(rows.audit(List.of("file.poisoned"), 1, EVENTS))
				.isEqualTo(new AuditedRows.Result(3L * EVENTS - BAD, BAD, 0, 0, BAD));
			assertThat(letters(database)).isEqualTo(bad);
			assertThat(poisoned.inserts()).isLessThan(10L * BAD);
			for (int again = 2; again <= 3 && ratio > MOST; again++) {
				// what else runs on the machine only ever makes it worse
				ratio = Math.min(ratio, ratio(run(database, directory, "clean-" + again, Set.of()),
						run(database, directory, "poisoned-" + again, bad)));
			}
			assertThat(ratio).isLessThanOrEqualTo(MOST);
		}
	}

	private static double ratio(Cost clean, Cost poisoned) {
		return (double) poisoned.millis() / clean.millis();
	}

	private static Cost run(TestDatabase database, Path directory, String name, Set<Integer> bad) throws Exception {
		FileSource source = new FileSource(Files.createDirectory(directory.resolve(name)), 1);
		List<NumberedEvent> events = new ArrayList<>(NumberedEvent.range(0, 1, EVENTS));
		bad.forEach((number) -> events.set(number - 1, new NumberedEvent(0, number, Kind.REFUSED_BY_DATABASE)));
		source.produce(events);
		long inserts = AuditSupport.status(database, "Com_insert");
		long start = System.nanoTime();
		try (ConfigurableApplicationContext context = AuditedApplication
			.run(AuditSupport.arguments(source.properties(name, "audited"), database.toProperties()))) {
			AuditSupport.awaitProgress(database, "file." + name, source, 1, Duration.ofMinutes(3));
			assertThat(context.isActive()).isTrue();
			return new Cost(Duration.ofNanos(System.nanoTime() - start).toMillis(),
					AuditSupport.status(database, "Com_insert") - inserts);
		}
	}

	private static Set<Integer> letters(TestDatabase database) {
		Set<Integer> numbers = new TreeSet<>();
		JdbcClient.create(database.dataSource())
			.sql("SELECT CONVERT(data USING utf8mb4) FROM mega_dead_letter_payload")
			.query(String.class)
			.list()
			.forEach((payload) -> numbers.add(Integer.valueOf(payload.split(":")[1])));
		return numbers;
	}

	/**
	 * What a run has cost.
	 *
	 * @param millis its time from the start of the application
	 * @param inserts the number of INSERT statements, the platform's own included
	 */
	private record Cost(long millis, long inserts) {

	}

}
