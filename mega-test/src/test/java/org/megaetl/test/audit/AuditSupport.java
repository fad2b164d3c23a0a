package org.megaetl.test.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.megaetl.connector.file.FileSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.test.NumberedEvent;

import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.awaitility.Awaitility.await;

/**
 * What several audits need.
 */
final class AuditSupport {

	private static final int CHUNK = 10_000;

	private AuditSupport() {
	}

	static void produce(FileSource source, int events) throws IOException {
		for (int from = 1; from <= events; from += CHUNK) {
			source.produce(NumberedEvent.range(0, from, Math.min(events, from + CHUNK - 1)));
		}
	}

	static String[] arguments(List<String> properties, String... more) {
		return Stream.concat(properties.stream(), Stream.of(more))
			.distinct()
			.map((arg) -> "--" + arg)
			.toArray(String[]::new);
	}

	/**
	 * Returns how much of a file has been read and committed, from 0 to 1.
	 */
	static double progress(TestDatabase database, String pipeline, FileSource source, int key) throws IOException {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT position FROM mega_checkpoint WHERE pipeline = ? AND position_key = ?")
			.params(pipeline, source.file(key).getFileName().toString())
			.query(Long.class)
			.optional()
			.orElse(0L) / (double) Files.size(source.file(key));
	}

	static void awaitProgress(TestDatabase database, String pipeline, FileSource source, double progress,
			Duration patience) {
		await().atMost(patience)
			.pollInterval(Duration.ofMillis(20))
			// until the application has created its tables
			.ignoreException(BadSqlGrammarException.class)
			.until(() -> progress(database, pipeline, source, 0) >= progress);
	}

	static long status(TestDatabase database, String name) {
		return JdbcClient.create(database.dataSource())
			.sql("SHOW GLOBAL STATUS LIKE '" + name + "'")
			.query((row, number) -> row.getLong(2))
			.single();
	}

}
