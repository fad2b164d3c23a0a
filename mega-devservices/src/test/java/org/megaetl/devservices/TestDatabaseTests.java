package org.megaetl.devservices;

import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TestDatabase}.
 */
class TestDatabaseTests {

	@Test
	void isEmptyAndDroppedWhenClosed() {
		TestDatabase first = TestDatabase.create();
		try (TestDatabase second = TestDatabase.create()) {
			first.execute("CREATE TABLE only_here (id INT)");
			assertThat(tables(first)).containsExactly("only_here");
			assertThat(tables(second)).isEmpty();
			first.close();
			assertThat(new JdbcTemplate(second.dataSource()).queryForList("SHOW DATABASES", String.class))
				.contains(second.name())
				.doesNotContain(first.name());
		}
	}

	@Test
	void executesStatementsOnOneConnection() {
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("SET @value = 7", "SELECT 1", "CREATE TABLE result AS SELECT @value AS id");
			assertThat(new JdbcTemplate(database.dataSource()).queryForObject("SELECT id FROM result", Integer.class))
				.isEqualTo(7);
		}
	}

	@Test
	void givesOutOnlyAServerOfItsOwn() {
		try (TestDatabase shared = TestDatabase.create();
				TestDatabase own = TestDatabase.createWithOwnServer("--innodb-snapshot-isolation=ON")) {
			assertThatIllegalStateException().isThrownBy(shared::server).withMessageContaining("createWithOwnServer()");
			assertThat(new JdbcTemplate(own.dataSource()).queryForObject("SELECT @@innodb_snapshot_isolation",
					Integer.class))
				.isOne();
			own.server().kill();
			assertThat(tables(shared)).isEmpty();
		}
	}

	private static List<String> tables(TestDatabase database) {
		return new JdbcTemplate(database.dataSource()).queryForList("SHOW TABLES", String.class);
	}

}
