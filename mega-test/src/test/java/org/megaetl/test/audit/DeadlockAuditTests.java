package org.megaetl.test.audit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.connector.file.FileSource;
import org.megaetl.devservices.TestDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two pipelines that change the same rows in opposite order.
 */
class DeadlockAuditTests {

	private static final Logger logger = LoggerFactory.getLogger(DeadlockAuditTests.class);

	private static final int EVENTS = 40_000;

	@Test
	void deadlocksLoseNothingAndMakeNoDeadLetters(@TempDir Path directory) throws Exception {
		try (TestDatabase database = TestDatabase.createWithOwnServer()) {
			FileSource forwards = new FileSource(Files.createDirectory(directory.resolve("forwards")), 1);
			FileSource backwards = new FileSource(Files.createDirectory(directory.resolve("backwards")), 1);
			AuditSupport.produce(forwards, EVENTS);
			AuditSupport.produce(backwards, EVENTS);
			List<String> properties = new ArrayList<>(forwards.properties("forwards", "shared", "batch-size=200"));
			properties.addAll(backwards.properties("backwards", "shared", "batch-size=200"));
			try (ConfigurableApplicationContext context = AuditedApplication
				.run(AuditSupport.arguments(properties, database.toProperties()))) {
				AuditSupport.awaitProgress(database, "file.forwards", forwards, 1, Duration.ofMinutes(2));
				AuditSupport.awaitProgress(database, "file.backwards", backwards, 1, Duration.ofMinutes(2));
				assertThat(context.isActive()).isTrue();
			}
			long deadlocks = AuditSupport.status(database, "Innodb_deadlocks");
			AuditedRows.Result result = new AuditedRows(database.dataSource())
				.audit(List.of("file.forwards", "file.backwards"), 1, EVENTS);
			logger.info("AUDIT deadlocks: {} deadlocks, {}", deadlocks, result);
			assertThat(deadlocks).isPositive();
			assertThat(result).isEqualTo(new AuditedRows.Result(2L * EVENTS, 0, 0, 0, 0));
			assertThat(JdbcClient.create(database.dataSource())
				.sql("SELECT COUNT(*) FROM shared WHERE forwards > :old AND backwards > :old")
				.param("old", EVENTS - SharedRowsTransformer.ROWS)
				.query(Integer.class)
				.single()).isEqualTo(SharedRowsTransformer.ROWS);
		}
	}

}
