package org.megaetl.test.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.connector.file.FileSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.test.NumberedEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills the application, the database and the connections between them, again and again,
 * while events flow, and counts at the end: every event must be there once, and in order.
 * With {@code -Dtests.chaos=long}, hundreds of times; with
 * {@code -Dtests.chaos.seed=...}, with the same random numbers as before.
 */
class ChaosAuditTests {

	private static final Logger logger = LoggerFactory.getLogger(ChaosAuditTests.class);

	private static final int PARTS = 2;

	@Test
	void nothingIsLostAndNothingIsWrittenTwice(@TempDir Path directory) throws Exception {
		boolean isLong = "long".equals(System.getProperty("tests.chaos"));
		long seed = Long.getLong("tests.chaos.seed", System.nanoTime());
		int rounds = isLong ? 300 : 21;
		logger.info("AUDIT chaos: seed {}, {} rounds", seed, rounds);
		FileSource source = new FileSource(directory, PARTS);
		AtomicInteger produced = new AtomicInteger();
		try (TestDatabase database = TestDatabase.createWithOwnServer();
				CuttingProxy proxy = new CuttingProxy(database.server().port(), Duration.ZERO)) {
			ChaosHarness harness = new ChaosHarness(database, proxy, source, directory, new Random(seed));
			ScheduledExecutorService producer = Executors.newSingleThreadScheduledExecutor();
			try {
				producer.scheduleWithFixedDelay(() -> produce(source, produced), 0, 50, TimeUnit.MILLISECONDS);
				harness.wreak(rounds);
			}
			finally {
				producer.shutdown();
				assertThat(producer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
			}
			AuditedRows rows = new AuditedRows(database.dataSource());
			List<String> sources = List.of("file.checkpointed", "file.acknowledged");
			harness.drain(() -> rows.reached(sources, PARTS, produced.get()));
			AuditedRows.Result result = rows.audit(sources, PARTS, produced.get());
			logger.info("AUDIT chaos: {} ", harness.report());
			logger.info("AUDIT chaos: {} events sent to each of {} pipelines, {}", produced.get() * PARTS,
					sources.size(), result);
			assertThat(result).isEqualTo(new AuditedRows.Result(2L * PARTS * produced.get(), 0, 0, 0, 0));
			harness.assertThatItHurt();
		}
	}

	private static void produce(FileSource source, AtomicInteger produced) {
		int from = produced.get() + 1;
		int to = from + 9;
		List<NumberedEvent> events = new ArrayList<>();
		for (int part = 0; part < PARTS; part++) {
			events.addAll(NumberedEvent.range(part, from, to));
		}
		try {
			source.produce(events);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		produced.set(to);
	}

}
