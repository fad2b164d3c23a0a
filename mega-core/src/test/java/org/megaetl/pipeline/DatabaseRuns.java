package org.megaetl.pipeline;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.megaetl.devservices.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A database that the tests of a class have for themselves. After each of them the
 * engine's tables are emptied, and the table {@code item} is dropped, which a class that
 * needs it creates before each test.
 */
public abstract class DatabaseRuns {

	protected static TestDatabase database;

	protected static JdbcClient jdbc;

	/**
	 * Takes the database, before all tests.
	 * @param created a new database, which is closed after all tests
	 */
	protected static void use(TestDatabase created) {
		database = created;
		jdbc = JdbcClient.create(created.dataSource());
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@AfterEach
	void clear() {
		database.execute("DROP TABLE IF EXISTS item", "DELETE FROM mega_dead_letter",
				"DELETE FROM mega_dead_letter_payload", "DELETE FROM mega_checkpoint", "DELETE FROM mega_inbox");
	}

}
