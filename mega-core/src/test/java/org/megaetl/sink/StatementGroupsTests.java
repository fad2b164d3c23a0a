package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sink.StatementGroups.Group;
import org.megaetl.sink.StatementGroups.RawGroup;
import org.megaetl.sink.StatementGroups.RowGroup;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link StatementGroups} and {@link TableRelations} on a real database.
 */
class StatementGroupsTests {

	private final TableRelations relations = new TableRelations();

	private TestDatabase database;

	private Connection connection;

	@BeforeEach
	void createTables() throws SQLException {
		this.database = TestDatabase.create();
		this.database.execute("CREATE TABLE lonely (id INT PRIMARY KEY)", "CREATE TABLE other (id INT PRIMARY KEY)",
				"CREATE TABLE country (id INT PRIMARY KEY)",
				"CREATE TABLE customer (id INT PRIMARY KEY, country_id INT, "
						+ "FOREIGN KEY (country_id) REFERENCES country (id))",
				"CREATE TABLE Purchase (id INT PRIMARY KEY, customer_id INT, "
						+ "FOREIGN KEY (customer_id) REFERENCES customer (id))",
				"CREATE TABLE audited (id INT PRIMARY KEY)",
				"CREATE TRIGGER audit AFTER INSERT ON audited FOR EACH ROW INSERT INTO other VALUES (NEW.id)",
				"CREATE VIEW window AS SELECT id FROM lonely");
		this.connection = this.database.dataSource().getConnection();
	}

	@AfterEach
	void dropTables() throws SQLException {
		this.connection.close();
		this.database.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			lonely other lonely other     | lonely*2 other*2
			lonely country lonely country | lonely*2 country*2
			country customer country      | country*1 customer*1 country*1
			country Purchase country      | country*1 Purchase*1 country*1
			COUNTRY purchase COUNTRY      | COUNTRY*1 purchase*1 COUNTRY*1
			country lonely country customer lonely country | country*2 lonely*2 customer*1 country*1
			other audited other           | other*1 audited*1 other*1
			lonely audited lonely         | lonely*1 audited*1 lonely*1
			lonely window lonely          | lonely*1 window*1 lonely*1
			lonely LONELY lonely          | lonely*1 LONELY*1 lonely*1
			""")
	void movesRowsOnlyAcrossTablesThatTheDatabaseDoesNotConnect(String tables, String groups) throws SQLException {
		Row[] rows = new Row[tables.split(" ").length];
		for (int i = 0; i < rows.length; i++) {
			rows[i] = Row.insert(tables.split(" ")[i]).set("id", i);
		}
		assertThat(groups(rows)).isEqualTo(groups);
	}

	@Test
	void comparesTablesWithoutTheirSchema() throws SQLException {
		String country = this.database.name() + ".country";
		assertThat(groups(row(country, 1), row("customer", 1), row(country, 2)))
			.isEqualTo(country + "*1 customer*1 " + country + "*1");
		assertThat(groups(row(country, 1), row("country", 2), row(country, 3)))
			.isEqualTo(country + "*1 country*1 " + country + "*1");
	}

	@Test
	void aSecondShapeOfATableClosesTheFirst() throws SQLException {
		assertThat(groups(row("lonely", 1), Row.delete("lonely").key("id", 1), row("other", 1), row("lonely", 1)))
			.isEqualTo("lonely*1 lonely*1 other*1 lonely*1");
	}

	@Test
	void nothingCrossesSqlOfTheUser() throws SQLException {
		SqlStatement update = SqlStatement.of("UPDATE other SET id = ?", 1);
		assertThat(groups(row("lonely", 1), update, row("lonely", 2), update, update, row("lonely", 3)))
			.isEqualTo("lonely*1 sql*1 lonely*1 sql*2 lonely*1");
	}

	@Test
	void learnsOfAForeignKeyThatWasAddedLaterFromTheFailure() throws SQLException {
		JdbcSink sink = new JdbcSink(10);
		this.database.execute("CREATE TABLE parent (id INT PRIMARY KEY)",
				"CREATE TABLE child (id INT PRIMARY KEY, parent_id INT)");
		sink.write(this.connection, List.of(row("child", 1).set("parent_id", 1), row("parent", 1)));
		this.database.execute("ALTER TABLE child ADD FOREIGN KEY (parent_id) REFERENCES parent (id)");
		List<SqlStatement> batch = List.of(row("child", 2).set("parent_id", 1), row("parent", 3),
				row("child", 3).set("parent_id", 3));
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> sink.write(this.connection, batch))
			.withMessageContaining("foreign key");
		this.database.execute("DELETE FROM child WHERE id > 1", "DELETE FROM parent WHERE id > 1");
		sink.write(this.connection, batch);
	}

	@Test
	void asksTheCatalogueOnceForTheSameTables() throws SQLException {
		groups(row("country", 1), row("customer", 1), row("lonely", 1));
		this.connection.close();
		assertThat(groups(row("country", 1), row("customer", 1), row("lonely", 1), row("country", 1)))
			.isEqualTo("country*1 customer*1 lonely*1 country*1");
		this.relations.forget();
		assertThatExceptionOfType(SQLException.class).isThrownBy(() -> groups(row("country", 1), row("customer", 1)));
	}

	private static Row row(String table, int id) {
		return Row.insert(table).set("id", id);
	}

	private String groups(SqlStatement... statements) throws SQLException {
		StatementGroups groups = new StatementGroups(this.relations, this.connection);
		for (SqlStatement statement : statements) {
			groups.add(statement);
		}
		StringBuilder text = new StringBuilder();
		for (Group group : groups.groups()) {
			text.append((group instanceof RowGroup rows) ? rows.shape().table() + "*" + rows.rows().size()
					: "sql*" + ((RawGroup) group).args().size());
			text.append(' ');
		}
		return text.toString().trim();
	}

}
