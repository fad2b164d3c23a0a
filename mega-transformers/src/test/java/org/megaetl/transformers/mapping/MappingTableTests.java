package org.megaetl.transformers.mapping;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.transformers.Configured;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.ColumnKind;
import org.megaetl.transformers.table.TableBound;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Mappings to the tables of a real database.
 */
class MappingTableTests {

	private static TestDatabase database;

	private static JdbcTemplate jdbc;

	@BeforeAll
	static void createTables() {
		database = TestDatabase.create();
		jdbc = new JdbcTemplate(database.dataSource());
		database.execute(
				"CREATE TABLE shop_orders (order_id INT PRIMARY KEY, email VARCHAR(40) NOT NULL, "
						+ "amount DECIMAL(20,2), status VARCHAR(10) NOT NULL DEFAULT 'new', updated_at DATETIME(6), "
						+ "total DECIMAL(20,2) AS (amount * 2) STORED)",
				"CREATE TABLE customers (id BIGINT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(40) NOT NULL UNIQUE, "
						+ "name VARCHAR(40) UNIQUE)",
				"CREATE TABLE kinds (id INT PRIMARY KEY, i BIGINT, d DECIMAL(38,18), f DOUBLE, b BOOLEAN, t TEXT, "
						+ "j JSON, x VARBINARY(20), day DATE, dt DATETIME(6), ts TIMESTAMP(6) NULL, tm TIME(3), "
						+ "bi BIT(1), u BIGINT UNSIGNED, e ENUM('new','2','it''s'), s SET('a','b','c'))",
				"CREATE TABLE links (url VARCHAR(40) NOT NULL, n INT UNIQUE, UNIQUE KEY of_url (url(3)))",
				"CREATE TABLE lines_of (order_id INT, n INT, sku VARCHAR(20), PRIMARY KEY (order_id, n))");
	}

	@AfterAll
	static void dropTables() {
		database.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			i   ^ 12                               ^ 12
			i   ^ "0012"                           ^ 12
			i   ^ 12.0                             ^ 12
			i   ^ true                             ^ 1
			u   ^ 18446744073709551615             ^ 18446744073709551615
			d   ^ 0.100000000000000001             ^ 0.100000000000000001
			d   ^ "12345678901234567890.123456789" ^ 12345678901234567890.123456789000000000
			d   ^ 1e3                              ^ 1000.000000000000000000
			f   ^ 0.1                              ^ 0.1
			b   ^ true                             ^ 1
			b   ^ "false"                          ^ 0
			t   ^ 1.50                             ^ 1.50
			t   ^ {"a":[1]}                        ^ {"a":[1]}
			j   ^ {"a":1.10}                       ^ {"a":1.10}
			j   ^ "x"                              ^ "x"
			x   ^ "TUVHQQ=="                       ^ MEGA
			day ^ "2026-02-28"                     ^ 2026-02-28
			day ^ "2026-02-28T23:30:00-01:00"      ^ 2026-03-01
			day ^ "2017-09-15Z"                    ^ 2017-09-15
			day ^ "2017-09-15+02:00"               ^ 2017-09-15
			dt  ^ "2026-02-28T23:30:00.123456-01:00" ^ 2026-03-01 00:30:00.123456
			dt  ^ "2026-02-28 23:30:00"            ^ 2026-02-28 23:30:00.000000
			dt  ^ "2026-02-28"                     ^ 2026-02-28 00:00:00.000000
			ts  ^ "2026-07-28T23:30:00Z"           ^ 2026-07-28 23:30:00.000000
			tm  ^ "-12:30:01.5"                    ^ -12:30:01.500
			tm  ^ "10:15:30Z"                      ^ 10:15:30.000
			tm  ^ "00:15:30.5+01:00"               ^ 23:15:30.500
			e   ^ "it's"                           ^ it's
			e   ^ 2                                ^ 2
			s   ^ "a,c"                            ^ a,c
			""")
	void convertsValuesToTheTypesOfColumns(String column, String json, String stored) throws Exception {
		TableBound transformer = Configured.transformer(
				"type: mapping\ntable: kinds\ncolumns: { id: /id, %s: /v }\nkey: id".formatted(column), database);
		Configured.write(database, transformer, "{\"id\":1,\"v\":%s}".formatted(json));
		assertThat(
				jdbc.queryForObject("SELECT CAST(%s AS CHAR) FROM kinds WHERE id = 1".formatted(column), String.class))
			.isEqualTo(stored);
	}

	@Test
	void convertsTimesThatAreNumbers() throws Exception {
		TableBound transformer = Configured.transformer("""
				type: mapping
				table: kinds
				key: id
				columns:
				  id: { value: 2 }
				  dt: { from: /millis, epoch: millis }
				  ts: { from: /seconds, epoch: seconds }
				  day: { from: /nanos, epoch: nanos }
				""", database);
		Configured.write(database, transformer, "{\"millis\":\"2026-02-28T00:30:00Z\",\"seconds\":1,\"nanos\":1}");
		assertThat(jdbc.queryForObject("SELECT CAST(dt AS CHAR) FROM kinds WHERE id = 2", String.class))
			.isEqualTo("2026-02-28 00:30:00.000000");
		Configured.write(database, transformer,
				"{\"millis\":1772238600123,\"seconds\":\"1772238600.000001\",\"nanos\":1772238600123456789}");
		assertThat(jdbc
			.queryForMap("SELECT CAST(dt AS CHAR) a, CAST(ts AS CHAR) b, CAST(day AS CHAR) c FROM kinds WHERE id = 2"))
			.isEqualTo(Map.of("a", "2026-02-28 00:30:00.123000", "b", "2026-02-28 00:30:00.000001", "c", "2026-02-28"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			day ^ days    ^ 17424         ^ 2017-09-15
			day ^ days    ^ "-1"          ^ 1969-12-31
			day ^ seconds ^ "1772238600"  ^ 2026-02-28
			dt  ^ days    ^ 17424         ^ 2017-09-15 00:00:00.000000
			tm  ^ seconds ^ 36930.5       ^ 10:15:30.500
			tm  ^ millis  ^ 36930001      ^ 10:15:30.001
			tm  ^ micros  ^ "36930001000" ^ 10:15:30.001
			tm  ^ nanos   ^ 0             ^ 00:00:00.000
			tm  ^ micros  ^ 86400000000   ^ 24:00:00.000
			tm  ^ millis  ^ -3020399000   ^ -838:59:59.000
			tm  ^ micros  ^ "10:15"       ^ 10:15:00.000
			""")
	void convertsNumbersToWhatTheyCount(String column, String unit, String json, String stored) throws Exception {
		TableBound transformer = Configured
			.transformer("type: mapping\ntable: kinds\ncolumns: { id: /id, %s: { from: /v, epoch: %s } }\nkey: id"
				.formatted(column, unit), database);
		Configured.write(database, transformer, "{\"id\":3,\"v\":%s}".formatted(json));
		assertThat(
				jdbc.queryForObject("SELECT CAST(%s AS CHAR) FROM kinds WHERE id = 3".formatted(column), String.class))
			.isEqualTo(stored);
	}

	@Test
	void refusesANumberThatIsNoTime() throws Exception {
		TableBound transformer = Configured
			.transformer("type: mapping\ntable: kinds\ncolumns: { id: /id, day: { from: /v, epoch: days } }", database);
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"id\":1,\"v\":1e20}"))
			.hasMessage("/v: 1E+20 cannot be stored in column 'day', which is date");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~',
			textBlock = """
					i   ^ 1.5                 ^ /v: 1.5 cannot be stored in column 'i', which is bigint(20)
					i   ^ "many"              ^ /v: "many" cannot be stored in column 'i', which is bigint(20)
					i   ^ {}                  ^ /v: {} cannot be stored in column 'i', which is bigint(20)
					d   ^ 1e999999999         ^ /v: 1E+999999999 cannot be stored in column 'd', which is decimal(38,18): it has too many digits
					f   ^ 1e400               ^ /v: 1E+400 cannot be stored in column 'f', which is double: it is too large
					t   ^ "\\ud800"            ^ which is text: it has half of a surrogate pair, which is no character
					j   ^ {"a":"\\udc00\\ud800"} ^ which is longtext: it has half of a surrogate pair, which is no character
					dt  ^ 1772238600          ^ /v: 1772238600 cannot be stored in column 'dt', which is datetime(6): a number is a date or time only where 'epoch' of a mapping says what it counts
					day ^ 17424               ^ /v: 17424 cannot be stored in column 'day', which is date: a number is a date or time only where 'epoch' of a mapping says what it counts
					tm  ^ 36930000            ^ /v: 36930000 cannot be stored in column 'tm', which is time(3): a number is a date or time only where 'epoch' of a mapping says what it counts
					tm  ^ true                ^ /v: true cannot be stored in column 'tm', which is time(3)
					tm  ^ "25:15:30Z"         ^ /v: "25:15:30Z" cannot be stored in column 'tm', which is time(3)
					day ^ "2017-02-30Z"       ^ /v: "2017-02-30Z" cannot be stored in column 'day', which is date
					dt  ^ "yesterday"         ^ /v: "yesterday" cannot be stored in column 'dt', which is datetime(6)
					day ^ "2026-02-30"        ^ /v: "2026-02-30" cannot be stored in column 'day', which is date
					e   ^ 3                   ^ /v: 3 cannot be stored in column 'e', which is enum('new','2','it''s'): it is none of these, and no number is stored by its place
					e   ^ " +1 "              ^ it is none of these, and no number is stored by its place
					s   ^ "3"                 ^ which is set('a','b','c'): it is none of these, and no number is stored by its place
					x   ^ "***"               ^ /v: "***" cannot be stored in column 'x', which is varbinary(20)
					""")
	void refusesWhatIsNotOfTheColumnsType(String column, String json, String message) throws Exception {
		TableBound transformer = Configured
			.transformer("type: mapping\ntable: kinds\ncolumns: { id: /id, %s: /v }".formatted(column), database);
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"id\":1,\"v\":%s}".formatted(json)))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageEndingWith(message);
	}

	/**
	 * To read digits takes the square of their number.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "i", "d", "f", "b", "bi" })
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void refusesMillionsOfDigitsAtOnce(String column) throws Exception {
		TableBound transformer = Configured
			.transformer("type: mapping\ntable: kinds\ncolumns: { id: /id, %s: /v }".formatted(column), database);
		String payload = "{\"id\":1,\"v\":\"%s\"}".formatted("7".repeat(5_000_000));
		assertThatThrownBy(() -> Configured.rows(transformer, payload))
			.hasMessageContaining("cannot be stored in column '" + column + "'")
			.hasMessageEndingWith(": it has too many digits");
	}

	@Test
	void refusesAMissingValueOfAColumnThatCannotBeNull() throws Exception {
		TableBound transformer = Configured
			.transformer("type: mapping\ntable: shop_orders\ncolumns: { order_id: /id, email: /email }", database);
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"id\":1}"))
			.hasMessage("/email is missing, but column 'email' cannot be NULL: send it, or configure a default");
	}

	/**
	 * In a unique key the database takes NULL as often as it comes.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "upsert", "if-absent", "delete" })
	void refusesAKeyThatIsNull(String mode) throws Exception {
		TableBound transformer = Configured
			.transformer("type: mapping\ntable: links\nkey: n\nmode: %s\ncolumns: { n: /n%s }\n%s".formatted(mode,
					mode.equals("delete") ? "" : ", url: /url", "allow-other-unique-keys: true\n"), database);
		for (String payload : List.of("{\"url\":\"a\"}", "{\"url\":\"a\",\"n\":null}")) {
			assertThatThrownBy(() -> Configured.rows(transformer, payload))
				.hasMessage("/n has no value, but column 'n' is of the key: without it, no row can be found");
		}
	}

	@Test
	void upsertsOnlyNewerRows() throws Exception {
		TableBound transformer = Configured.transformer("""
				type: mapping
				table: shop_orders
				key: order_id
				newer-by: updated_at
				columns: { order_id: /id, email: /email, updated_at: /at }
				""", database);
		Configured.write(database, transformer, "{\"id\":9,\"email\":\"new\",\"at\":\"2026-01-02\"}",
				"{\"id\":9,\"email\":\"old\",\"at\":\"2026-01-01\"}");
		assertThat(jdbc.queryForObject("SELECT email FROM shop_orders WHERE order_id = 9", String.class))
			.isEqualTo("new");
	}

	@Test
	void insertsIfAbsentAndDeletes() throws Exception {
		String columns = "table: lines_of\nkey: [order_id, n]\n";
		TableBound absent = Configured.transformer("type: mapping\nmode: if-absent\n" + columns
				+ "for-each: /lines\ncolumns: { order_id: root:/id, n: metadata:index, sku: /sku }", database);
		Configured.write(database, absent, "{\"id\":1,\"lines\":[{\"sku\":\"a\"},{\"sku\":\"b\"}]}",
				"{\"id\":1,\"lines\":[{\"sku\":\"z\"}]}");
		assertThat(jdbc.queryForList("SELECT sku FROM lines_of ORDER BY n", String.class)).containsExactly("a", "b");
		TableBound delete = Configured
			.transformer("type: mapping\nmode: delete\n" + columns + "columns: { order_id: /id, n: /n }", database);
		Configured.write(database, delete, "{\"id\":1,\"n\":0}");
		assertThat(jdbc.queryForList("SELECT sku FROM lines_of ORDER BY n", String.class)).containsExactly("b");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~',
			textBlock = """
					table: shop_order, columns: { order_id: /id } ^ names the table 'shop_order', which does not exist in the database. Did you mean 'shop_orders'?
					table: mega_inbox, columns: { order_id: /id } ^ tables whose names begin with 'mega_' are the platform's own
					table: shop_orders, columns: { orderid: /id, email: /e } ^ 'mega.transformers.test.columns.orderid' names the column 'orderid', which table 'shop_orders' does not have. Did you mean 'order_id'?
					table: shop_orders, columns: { order_id: /id } ^ leaves out email of table 'shop_orders'
					table: shop_orders, columns: { order_id: /id, email: /e, total: /t } ^ maps a column that the database computes by itself
					table: shop_orders, columns: { order_id: /id, email: /e, amount: { from: /a, default: much } } ^ 'mega.transformers.test.columns.amount.default' is 'much', which cannot be stored in the column, as that is decimal(20,2)
					table: shop_orders, columns: { order_id: /id, email: /e, amount: { from: /a, epoch: millis } } ^ 'mega.transformers.test.columns.amount.epoch' is for columns of dates and times
					table: kinds, columns: { id: /id, tm: { from: /a, epoch: days } } ^ 'mega.transformers.test.columns.tm.epoch' is 'days', which is for dates, but the column is time(3)
					table: shop_orders, columns: { order_id: /id, email: /e, amount: metadata:timestamp } ^ takes a time, but the column is decimal(20,2)
					table: kinds, columns: { id: /id, dt: metadata:index } ^ takes a number, but the column is datetime(6)
					table: kinds, columns: { id: /id, i: metadata:payload } ^ takes bytes, but the column is bigint(20)
					table: shop_orders, key: email, columns: { order_id: /id, email: /e } ^ has no unique key of these columns, so that the database would insert every row. Its unique keys are: PRIMARY [order_id]
					table: customers, key: email, columns: { email: /e, name: /n } ^ has another unique key: name [name]
					table: links, key: url, columns: { url: /url } ^ has another unique key: of_url [url(3)]
					table: kinds, columns: { id: /id, ID: /i } ^ 'mega.transformers.test.columns' maps the column 'id' twice, also as 'ID'
					table: customers, key: id, columns: { id: /id, email: /e } ^ has another unique key: email [email]
					""")
	void refusesToStartWithWhatDoesNotFitTheTable(String yaml, String message) {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> Configured.transformer("type: mapping\n" + lines(yaml), database))
			.withMessageContaining(message);
	}

	/**
	 * Not every driver tells it by every parameter.
	 */
	@Test
	void findsTheTablesOfTheDatabaseThatTheConnectionIsIn() throws Exception {
		Catalogue catalogue = new Catalogue(new DriverManagerDataSource(database.jdbcUrl() + "?databaseTerm=SCHEMA",
				database.username(), database.password()));
		assertThat(catalogue.find("kinds").find("j").kind()).isEqualTo(ColumnKind.JSON);
		assertThat(catalogue.find("links").uniqueKeys()).containsKeys("n", "of_url");
		assertThat(catalogue.namesBeside("kinds")).contains("customers");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			table: customers, key: email, columns: { email: /e }
			table: customers, key: email, columns: { email: /e, name: /n }, allow-other-unique-keys: true
			table: links, key: url, columns: { url: /url }, allow-other-unique-keys: true
			table: SHOP_ORDERS2, columns: { ORDER_ID: /id }
			""")
	void startsWithWhatFits(String yaml) throws Exception {
		database.execute("CREATE TABLE IF NOT EXISTS SHOP_ORDERS2 (order_id INT)");
		assertThat(Configured.transformer("type: mapping\n" + lines(yaml), database)).isNotNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~',
			textBlock = """
					columns: { id: /id } ^ 'mega.transformers.test.table' is not set
					table: t ^ maps no column
					format: json ^ neither 'table' and 'columns' nor 'rows'
					table: t, columns: { id: id } ^ 'mega.transformers.test.columns.id' is 'id', which is no place in an event: it is not a JSON pointer such as '/id'
					table: t, columns: { id: metadata:tmestamp } ^ did you mean 'metadata:timestamp'?
					table: t, columns: { id: { from: /a, value: b } } ^ and says both
					table: t, columns: { id: { epoch: millis } } ^ and says neither
					table: t, columns: { id: { from: /a, default: b, required: true } } ^ is required and has a default
					table: t, columns: { id: { value: b, required: true } } ^ is a constant
					table: t, mode: upsert, columns: { id: /id } ^ 'mega.transformers.test.mode' is 'upsert', but 'mega.transformers.test.key' does not say
					table: t, key: ix, columns: { id: /id } ^ names the column 'ix', which is not mapped
					table: t, mode: delete, key: id, columns: { id: /id, a: /a } ^ 'mega.transformers.test.columns.a' is not of the key
					table: t, newer-by: id, columns: { id: /id } ^ but the mode is 'insert'
					table: t, when: "/a = 1", columns: { id: /id } ^ which is no condition: it is not understood from '= 1' on
					table: t, when: "/a", columns: { id: /id } ^ it ends where a comparison such as '==' is expected
					table: t, when: "a == 1", columns: { id: /id } ^ 'a' is neither a place such as '/status'
					table: t, when: "(/a == 1", columns: { id: /id } ^ a ')' is missing
					table: t, for-each: lines, columns: { id: /id } ^ which is not a JSON pointer
					table: t, format: avro, columns: { id: /id } ^ cannot be read without its schema
					table: t, ddl: print, columns: { id: /id } ^ 'mega.transformers.test.sample' is not set
					table: t, ddl: print, sample: "file:none.json", columns: { id: /id } ^ which cannot be read
					table: t, columns: { id: /id }, location: "file:a.js" ^ 'mega.transformers.test.location' is for transformers with code, but 'mega.transformers.test.type' is 'mapping'
					table: t, columns: { id: /id }, timeout: 1s ^ 'mega.transformers.test.timeout' is for transformers with code
					table: t, columns: { id: /id }, reload-interval: 0 ^ 'mega.transformers.test.reload-interval' is for transformers with code
					table: t, columns: { id: /id }, memory: 1MB ^ 'mega.transformers.test.memory' is for JavaScript in QuickJS and for WebAssembly
					table: t, columns: { id: /id }, csv: { separator: ";" } ^ 'mega.transformers.test.csv' is set, but 'mega.transformers.test.format' is JSON
					key: id, rows: { t: { columns: { id: /id } } } ^ has 'rows', and beside it what is for rows of one table
					""")
	void refusesToStartWithMistakesOfTheConfiguration(String yaml, String message) {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> Configured.transformer("type: mapping\n" + lines(yaml)))
			.withMessageContaining(message);
	}

	/** Turns {@code a: 1, b: 2} into two lines. */
	private static String lines(String yaml) {
		StringBuilder lines = new StringBuilder();
		int depth = 0;
		for (String part : List.of(yaml.split("(?<=,) |(?=[{}])"))) {
			depth += part.startsWith("{") ? 1 : part.startsWith("}") ? -1 : 0;
			boolean last = depth == 0 && part.endsWith(",");
			lines.append(last ? part.substring(0, part.length() - 1) + "\n" : part + " ");
		}
		return lines.toString();
	}

}
