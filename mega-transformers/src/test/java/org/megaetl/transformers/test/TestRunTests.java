package org.megaetl.transformers.test;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.ColumnKind;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TestRun}, and of how it compares.
 */
class TestRunTests {

	private static final Transformer order = (event) -> List.of(Row.upsert("orders")
		.key("order_id", 7L)
		.set("amount", new BigDecimal("56.10"))
		.set("tenant", event.headers().first("X-Tenant"))
		.set("place", event.key()));

	@Test
	void holdsWhenRowsAreAsExpected() throws Exception {
		assertThat(run(order, rows("""
				{ table: orders, mode: upsert, key: [order_id],
				  row: { order_id: 7, amount: 56.1, tenant: acme, place: north } }"""))).isNull();
		assertThat(run(order, rows("[{\"table\":\"orders\",\"row\":{\"order_id\":\"7\",\"AMOUNT\":\"56.10\","
				+ "\"tenant\":\"acme\",\"place\":\"north\"}}]")))
			.isNull();
	}

	@Test
	void showsWhatIsExpectedAndWhatIsThere() throws Exception {
		assertThat(run(order, rows("""
				{ table: orders, mode: insert, key: [id],
				  row: { order_id: 7, amount: 56.2, tenant: null, city: Oslo } }"""))).isEqualTo("""
				expected: insert orders (order_id=7, amount=56.2, tenant=NULL, city='Oslo') key [id]
				but was:  upsert orders (order_id=7, amount=56.10, tenant='acme', place='north') key [order_id]
				the mode is upsert, but insert is expected
				the key is [order_id], but [id] is expected
				column 'amount' is 56.10, but 56.2 is expected
				column 'tenant' is 'acme', but NULL is expected
				column 'place' is 'north', but not expected
				column 'city' is not set, but 'Oslo' is expected""");
		assertThat(run(order, rows("{ table: order, row: { order_id: 7 } }")))
			.endsWith("\nthe table is orders, but order is expected");
		assertThat(run(order, rows("[{ table: a, row: { b: 1 } }, { table: a, row: { b: 1 } }]")))
			.contains("there are 1 rows, but 2 are expected");
		assertThat(run((event) -> List.of(SqlStatement.of("DELETE FROM orders")), rows("{ table: a, row: { b: 1 } }")))
			.contains("SQL of the transformer's own, which a test cannot describe");
	}

	@Test
	void expectsSkippedEvents() throws Exception {
		assertThat(run((event) -> List.of(), skipped())).isNull();
		assertThat(run(order, skipped())).startsWith("expected: the event is skipped\nbut was:  upsert orders (");
		assertThat(run((event) -> List.of(), rows("{ table: a, row: { b: 1 } }")))
			.startsWith("expected: a (b=1)\nbut was:  the event is skipped");
	}

	@Test
	void expectsRefusedEvents() throws Exception {
		Transformer refusing = (event) -> {
			throw new IllegalArgumentException("the amount is missing");
		};
		assertThat(run(refusing, refused("amount"))).isNull();
		assertThat(run(refusing, refused("price"))).isEqualTo(
				"expected: the event is refused with 'price'\nbut was:  the event is refused: the amount is missing");
		assertThat(run(refusing, skipped())).contains("but was:  the event is refused: the amount is missing");
		assertThat(run((event) -> List.of(), refused("amount"))).contains("but was:  the event is skipped");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			DECIMAL  ^ 1                      ^ 1.00                       ^ true
			DECIMAL  ^ 0.1                    ^ 0.10000000000000001        ^ false
			DECIMAL  ^ "1e2"                  ^ 100                        ^ true
			DECIMAL  ^ "much"                 ^ 100                        ^ false
			INTEGER  ^ 9007199254740993       ^ 9007199254740992           ^ false
			BOOLEAN  ^ true                   ^ 1                          ^ true
			DATETIME ^ "2026-01-01T10:00:00Z" ^ "2026-01-01 10:00:00"      ^ true
			DATETIME ^ "2026-01-01T10:00:00Z" ^ "2026-01-01T12:00:00+02:00" ^ true
			DATETIME ^ "2026-01-01T10:00:00Z" ^ "2026-01-01T10:00:01Z"     ^ false
			DATE     ^ "2026-01-01"           ^ "2026-01-01T10:00:00Z"     ^ true
			TEXT     ^ "1"                    ^ 1                          ^ true
			TEXT     ^ "1"                    ^ "1.0"                      ^ false
			JSON     ^ {"a":1,"b":[1.0]}      ^ "{\\"b\\":[1],\\"a\\":1.0}" ^ true
			JSON     ^ {"a":1}                ^ "{\\"a\\":2}"              ^ false
			BINARY   ^ "TUVHQQ=="             ^ "TUVHQQ=="                 ^ true
			""")
	void comparesAsTheColumnDoes(ColumnKind kind, String expected, String actual, boolean equal) {
		Column column = new Column("c", kind, kind.name(), true, false, false, false);
		JsonNode node = TestFiles.YAML.readValue(actual);
		Object value = node.isString() ? node.stringValue() : node;
		assertThat(Values.difference(TestFiles.YAML.readValue(expected), value, column) == null).isEqualTo(equal);
	}

	@Test
	void comparesByTheValueWhereNoColumnIsKnown() {
		UUID id = UUID.fromString("00000000-0000-0001-0000-000000000002");
		assertThat(List.of(difference("'2026-01-01T00:00:00Z'", Instant.parse("2026-01-01T00:00:00Z")),
				difference("'2026-01-01T00:00:00Z'", LocalDateTime.parse("2026-01-01T00:00")),
				difference("'2026-01-01T00:00:00Z'", OffsetDateTime.parse("2026-01-01T01:00+01:00")),
				difference("TUVHQQ==", "MEGA".getBytes(StandardCharsets.UTF_8)), difference("1", 1.0),
				difference("true", true), difference("UPSERT", RowMode.UPSERT),
				difference("00000000-0000-0001-0000-000000000002", id), difference("null", NullNode.getInstance()),
				difference("null", MissingNode.getInstance())))
			.containsOnly("");
		assertThat(difference("'null'", NullNode.getInstance())).isEqualTo("is NULL, but 'null' is expected");
		assertThat(difference("''", MissingNode.getInstance())).isEqualTo("is NULL, but '' is expected");
		assertThat(difference("2", 1)).isEqualTo("is 1, but 2 is expected");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			~{ table: a }~                           ^ a row must have a 'table' and a 'row' with the columns
			~{ table: a, row: { b: 1 }, keys: [b] }~ ^ a row has table, row, mode, key, but no 'keys'
			~{ table: a, row: { b: 1 }, mode: put }~ ^ there is no mode "put"
			~[]~                                     ^ 'skipped: true' expects that
			~{~                                      ^ has 'rows' that are none
			""")
	void refusesRowsThatAreNone(String rows, String message) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> rows(rows).check("Test 1"))
			.withMessageContaining("Test 1, 'a test', has 'rows' that are none: ")
			.withMessageContaining(message);
	}

	@Test
	void refusesTestsThatSayTooLittleOrTooMuch() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> test("a test", null, null, true, null).check("Test 1"))
			.withMessageContaining("must have one event");
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> test("a test", "{}", null, false, null).check("Test 1"))
			.withMessageContaining("must expect one thing");
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> test(null, "{}", null, true, null).check("Test 1"))
			.withMessageContaining("Test 1 has no name");
	}

	private static String difference(String expected, Object actual) {
		String difference = Values.difference(TestFiles.YAML.readValue(expected), actual, null);
		return (difference != null) ? difference : "";
	}

	private static @Nullable String run(Transformer transformer, TestCase test) throws InterruptedException {
		return new TestRun(null).run(test, transformer);
	}

	private static TestCase rows(String rows) {
		return test("a test", "{}", rows, false, null);
	}

	private static TestCase skipped() {
		return test("a test", "{}", null, true, null);
	}

	private static TestCase refused(String error) {
		return test("a test", "{}", null, false, error);
	}

	private static TestCase test(@Nullable String name, @Nullable String json, @Nullable String rows, boolean skipped,
			@Nullable String error) {
		return new TestCase(name, json, null, null, Map.of("x-tenant", "acme"), "north", null, null, rows, skipped,
				error);
	}

}
