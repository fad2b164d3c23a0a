package org.megaetl.transformers.guest;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.sql.Row;
import org.megaetl.transformers.table.Catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link GuestRows}.
 */
class GuestRowsTests {

	private static TestDatabase database;

	private static GuestRows rows;

	@BeforeAll
	static void bind() throws Exception {
		database = TestDatabase.create();
		database.execute(
				"CREATE TABLE orders (order_id INT PRIMARY KEY, amount DECIMAL(10,2), note TEXT NOT NULL, "
						+ "at DATETIME(6), twice DECIMAL(10,2) AS (amount * 2) STORED)",
				"CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(40) UNIQUE)",
				"CREATE TABLE nullable (id INT UNIQUE)", "CREATE TABLE secrets (id INT)");
		rows = new GuestRows(settings(false, "orders", "customers", "nullable"));
		rows.bind(new Catalogue(database.dataSource()));
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	private static GuestSettings settings(boolean allowOtherUniqueKeys, String... tables) {
		return new GuestSettings("mega.transformers.test", List.of(tables), Duration.ofSeconds(1), 400,
				allowOtherUniqueKeys);
	}

	@Test
	void makesRowsOfAllModes() {
		assertThat(rows.read("""
				[{"table":"orders","row":{"order_id":1,"amount":0.10,"note":"x"}},
				{"table":"orders","row":{"order_id":1,"at":"2026-01-01T00:00:00Z"},"key":["order_id"],"newerBy":"at"},
				{"table":"orders","row":{"ORDER_ID":1},"key":"ORDER_ID","mode":"delete"},
				{"table":"orders","row":{"order_id":1},"mode":"if-absent"}]""")).extracting(Row::toString)
			.containsExactly("INSERT orders [order_id, amount, note] [1, 0.10, x]",
					"UPSERT orders [order_id, at] [1, 2026-01-01T00:00]", "DELETE orders [order_id] [1]",
					"INSERT_IF_ABSENT orders [order_id] [1]");
		assertThat(rows.read("{\"table\":\"orders\",\"row\":{\"amount\":0.10}}").get(0).values())
			.containsExactly(new BigDecimal("0.10"));
	}

	@Test
	void skipsWithNull() {
		assertThat(rows.read(null)).isEmpty();
		assertThat(rows.read("null")).isEmpty();
		assertThat(rows.read("[]")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~',
			textBlock = """
					{"table":"secrets","row":{"id":1}} ^ a row for the table 'secrets', which 'mega.transformers.test.tables' does not allow
					{"table":"Orders","row":{"id":1}} ^ a row for the table 'Orders'
					{"table":"orders; DROP TABLE orders","row":{"id":1}} ^ a row for the table 'orders; DROP TABLE orders'
					{"table":"orders` (order_id) SELECT 1 -- ","row":{"id":1}} ^ does not allow
					{"table":["orders"],"row":{"id":1}} ^ with the table ["orders"], which is not a text
					{"row":{"id":1}} ^ a row for the table ''
					{"table":"orders","row":{"order_id) VALUES (1) -- ":1}} ^ which table 'orders' does not have
					{"table":"orders","row":{"order_id` = 1 OR `a":1}} ^ which table 'orders' does not have
					{"table":"orders","row":{"amonut":1}} ^ which table 'orders' does not have. Did you mean 'amount'?
					{"table":"orders","row":{"twice":1}} ^ which the database computes by itself
					{"table":"orders","row":{"note":null}} ^ null for the column 'note', which cannot be NULL
					{"table":"orders","row":{"amount":"much"}} ^ "much" cannot be stored in column 'amount', which is decimal(10,2)
					{"table":"orders","row":{}} ^ without columns
					{"table":"orders","row":[1]} ^ without columns
					{"table":"orders","row":{"order_id":1},"mode":"replace"} ^ with the mode 'replace'; there are
					{"table":"orders","row":{"order_id":1},"mode":"upsert"} ^ and without a key
					{"table":"orders","row":{"order_id":1},"mode":"delete"} ^ and without a key
					{"table":"orders","row":{"order_id":1,"amount":1},"mode":"delete","key":["order_id"]} ^ A row to delete has key columns only
					{"table":"orders","row":{"order_id":1},"key":["amount"]} ^ but the table has no unique key of these columns
					{"table":"orders","row":{"amount":1},"key":["order_id"]} ^ whose key has a column that the row does not: 'order_id'
					{"table":"orders","row":{"order_id":1},"key":[1]} ^ which is not an array of different names
					{"table":"nullable","row":{"id":null},"key":["id"]} ^ null for the column 'id', which is of the key: without it, no row can be found
					{"table":"nullable","row":{"id":null},"key":["id"],"mode":"delete"} ^ null for the column 'id', which is of the key
					{"table":"nullable","row":{"id":null},"key":["id"],"mode":"if-absent"} ^ null for the column 'id', which is of the key
					{"table":"orders","row":{"order_id":1},"key":["order_id"],"newerBy":"at"} ^ a column that the row does not have
					{"table":"orders","row":{"order_id":1,"ORDER_ID":2}} ^ has the column 'order_id' twice
					{"table":"customers","row":{"id":1},"key":["id"]} ^ the table has other unique keys, in which the database would find a row, too: {email=[email]}
					{"table":"orders","row":{"order_id":1},"sql":"DROP TABLE orders"} ^ with 'sql', which means nothing
					{"table":"orders","row":{"order_id":1}} {} ^ is not JSON
					"DROP TABLE orders" ^ where a row such as
					[[{"table":"orders","row":{"order_id":1}}]] ^ where a row such as
					17 ^ where a row such as
					""")
	void refusesAnythingElse(String output, String message) {
		assertThatThrownBy(() -> rows.read(output))
			.isInstanceOfAny(IllegalArgumentException.class, IllegalStateException.class)
			.hasMessageContaining(message);
	}

	@Test
	void refusesTooMuch() {
		assertThatThrownBy(() -> rows.read("[" + " ".repeat(400) + "]")).hasMessage(
				"The transformer returned 402 characters, more than 'mega.transformers.test.max-output' allows");
	}

	@Test
	void mayBeAllowedToUpsertInATableWithOtherUniqueKeys() throws Exception {
		GuestRows allowed = new GuestRows(settings(true, "customers"));
		allowed.bind(new Catalogue(database.dataSource()));
		assertThat(allowed.read("{\"table\":\"customers\",\"row\":{\"id\":1},\"key\":[\"id\"]}")).hasSize(1);
	}

	@Test
	void refusesToStartWithATableThatDoesNotExist() {
		GuestRows misspelt = new GuestRows(settings(false, "order"));
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> misspelt.bind(new Catalogue(database.dataSource())))
			.withMessage(
					"'mega.transformers.test.tables' names the table 'order', which does not exist in the database. "
							+ "Did you mean 'orders'?");
	}

}
