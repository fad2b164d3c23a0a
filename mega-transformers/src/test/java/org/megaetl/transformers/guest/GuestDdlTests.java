package org.megaetl.transformers.guest;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link GuestDdl}.
 */
class GuestDdlTests {

	@ParameterizedTest
	@ValueSource(strings = { "", "CREATE TABLE IF NOT EXISTS scores (id INT PRIMARY KEY)",
			"create table if not exists `scores` (`the id` INT DEFAULT -1 COMMENT 'it''s ; one', KEY (`the id`));\n",
			"CREATE TABLE IF NOT EXISTS scores (id INT); CREATE TABLE IF NOT EXISTS totals (d DECIMAL(20,2), "
					+ "FOREIGN KEY (d) REFERENCES scores (id)) COMMENT='sums';" })
	void letsTablesOfItsOwnBeCreated(String ddl) {
		assertThat(GuestDdl.check(ddl, List.of("scores", "totals"))).isEqualTo(ddl);
	}

	@ParameterizedTest
	@ValueSource(strings = { "DROP TABLE users", "CREATE TABLE scores (id INT)",
			"CREATE TABLE IF NOT EXISTS users (id INT)", "CREATE TABLE IF NOT EXISTS shop.scores (id INT)",
			"CREATE TABLE IF NOT EXISTS scores AS SELECT * FROM users", "CREATE TABLE IF NOT EXISTS scores LIKE users",
			"CREATE TABLE IF NOT EXISTS scores (id INT) SELECT 1", "CREATE TABLE IF NOT EXISTS scores (LIKE users)",
			"CREATE TABLE IF NOT EXISTS scores (id INT); DROP TABLE users",
			"CREATE TABLE IF NOT EXISTS scores (id INT /*! ) SELECT * FROM users */)",
			"CREATE TABLE IF NOT EXISTS scores (id INT) ENGINE=FEDERATED CONNECTION='mysql://x/y'",
			"CREATE TABLE IF NOT EXISTS scores (id INT) DATA DIRECTORY='/tmp'",
			"CREATE TABLE IF NOT EXISTS scores (id INT -- )\n)", "CREATE TABLE IF NOT EXISTS scores (id INT # )\n)",
			"CREATE TABLE IF NOT EXISTS scores (t TEXT DEFAULT 'a\\'); DROP TABLE users; -- ')",
			"CREATE TABLE IF NOT EXISTS scores (id INT -- '\n) SELECT * FROM users -- '\n)",
			"CREATE TABLE IF NOT EXISTS scores (t TEXT DEFAULT \"a\")", "CREATE TABLE IF NOT EXISTS scores (id INT",
			"CREATE TABLE IF NOT EXISTS scores", "CREATE", "CREATE TABLE IF NOT EXISTS scores (id INT))",
			"CREATE TABLE IF NOT EXISTS scores (id INT REFERENCES users (id))",
			"CREATE TABLE IF NOT EXISTS scores (id INT, FOREIGN KEY (id) REFERENCES `users` (id))",
			"CREATE TABLE IF NOT EXISTS scores (id INT REFERENCES scores.users (id))", "DELIMITER $$",
			"CREATE TABLE IF NOT EXISTS scores (id INT);;CREATE", "GRANT ALL ON *.* TO x" })
	void refusesAllElse(String ddl) {
		assertThatIllegalArgumentException().isThrownBy(() -> GuestDdl.check(ddl, List.of("scores", "totals")))
			.withMessageStartingWith("Its mega_init asks for DDL that it may not: only CREATE TABLE IF NOT EXISTS of "
					+ "one of its tables [scores, totals], with columns and keys, is run, but there is ");
	}

}
