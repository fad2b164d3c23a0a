package org.megaetl.transformers.mapping;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.SourcePosition;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.Configured;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.StringNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Mappings that know no table.
 */
class MappingTransformerTests {

	private static final String ORDER = """
			type: mapping
			table: orders
			columns: { order_id: /order_id, amount: /amount, city: /address/city }
			""";

	@Test
	void mapsFieldsToColumns() throws Exception {
		assertThat(rows(ORDER, "{\"order_id\":1,\"amount\":56.10,\"address\":{\"city\":\"Oslo\"}}")).containsExactly(
				Row.insert("orders").set("order_id", 1L).set("amount", new BigDecimal("56.10")).set("city", "Oslo"));
	}

	@Test
	void keepsNamesOfColumnsAsTheyAreWritten() throws Exception {
		String yaml = """
				type: mapping
				table: shop.Order_Lines
				columns: { order_Id: /a, orderId: /b, ORDER_LINE: /c }
				""";
		Row row = rows(yaml, "{\"a\":1}").get(0);
		assertThat(row.table()).isEqualTo("shop.Order_Lines");
		assertThat(row.columns()).contains("ORDER_LINE").hasSize(3);
	}

	@Test
	void losesNoDigits() throws Exception {
		List<Row> rows = rows(ORDER,
				"{\"order_id\":123456789012345678901234567890,\"amount\":0.1000000000000000055511151231257827}");
		assertThat(rows.get(0).values()).containsExactly(new BigInteger("123456789012345678901234567890"),
				new BigDecimal("0.1000000000000000055511151231257827"), null);
	}

	@Test
	void takesConstantsDefaultsHeadersAndMetadata() throws Exception {
		Transformer transformer = Configured.transformer("""
				type: mapping
				table: orders
				columns:
				  shop: { value: web }
				  status: { from: /status, default: new }
				  tenant: header:X-Tenant
				  received: metadata:timestamp
				  place: metadata:position
				  sender: { from: metadata:key, required: true }
				""");
		Event event = Event.from("kafka.orders", "{\"status\":null}".getBytes(StandardCharsets.UTF_8))
			.headers(EventHeaders.of("x-tenant", "acme"))
			.timestamp(Instant.EPOCH)
			.position(SourcePosition.of("orders-3", "17", "18"))
			.key("k1")
			.build();
		assertThat(transformer.transform(event)).singleElement()
			.extracting((row) -> ((Row) row).values())
			.isEqualTo(List.of("web", "new", "acme", "1970-01-01T00:00:00Z", "17", "k1"));
	}

	@Test
	void refusesAnEventWithoutARequiredValue() {
		String yaml = """
				type: mapping
				table: orders
				columns: { order_id: { from: /order_id, required: true } }
				""";
		assertThatThrownBy(() -> rows(yaml, "{}")).hasMessage("/order_id is missing, but required");
		assertThatThrownBy(() -> rows(yaml, "{\"order_id\":null}")).hasMessage("/order_id is null, but required");
	}

	@Test
	void writesToSeveralTablesWithElementsOfArraysAndFieldsOfTheirParents() throws Exception {
		String yaml = """
				type: mapping
				rows:
				  orders: { key: order_id, columns: { order_id: /id } }
				  order_lines:
				    for-each: /lines
				    when: /quantity > 0
				    columns: { order_id: root:/id, line: metadata:index, sku: /sku }
				  gone: { table: carts, mode: delete, key: [id], when: /cart != null, columns: { id: /cart } }
				""";
		assertThat(rows(yaml,
				"""
						{"id":7,"cart":3,"lines":[{"sku":"a","quantity":1},{"sku":"b","quantity":0},{"sku":"c","quantity":2}]}"""))
			.containsExactly(Row.upsert("orders").key("order_id", 7L),
					Row.insert("order_lines").set("order_id", 7L).set("line", 0L).set("sku", "a"),
					Row.insert("order_lines").set("order_id", 7L).set("line", 2L).set("sku", "c"),
					Row.delete("carts").key("id", 3L));
		assertThat(rows(yaml, "{\"id\":7}")).containsExactly(Row.upsert("orders").key("order_id", 7L));
		assertThatThrownBy(() -> rows(yaml.replace("when: /cart != null,", ""), "{\"id\":7}"))
			.hasMessageContaining("/cart has no value, but column 'id' is of the key");
		assertThatThrownBy(() -> rows(yaml, "{\"id\":7,\"lines\":{}}"))
			.hasMessage("/lines must be an array, but is object");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			/status == 'paid'                              ^ true
			/status != 'paid'                              ^ false
			/amount >= 10.5 && /amount < 10.6              ^ true
			/amount == 10.50                               ^ true
			/missing == null                               ^ true
			/missing < 1 || /missing >= 1                  ^ false
			!(/status == 'new' || /vip == false)           ^ true
			header:Version > 9                             ^ true
			header:Active == true                          ^ true
			true != header:Active                          ^ false
			header:Active == false                         ^ false
			header:Version == true                         ^ false
			header:kafka-topic == 'orders'                 ^ true
			header:kafka-topic == 'payments'               ^ false
			/vip == 'TRUE'                                 ^ true
			metadata:source == 'test.orders'               ^ true
			/status == 'it''s'                             ^ false
			/vip == true && (/amount > 11 || /status=='paid') ^ true
			""")
	void filters(String condition, boolean expected) throws Exception {
		Transformer transformer = Configured.transformer("""
				type: mapping
				table: orders
				columns: { id: /id }
				when: "%s"
				""".formatted(condition));
		Event event = Event
			.from("test.orders", "{\"status\":\"paid\",\"amount\":10.5,\"vip\":true}".getBytes(StandardCharsets.UTF_8))
			.headers(EventHeaders.of("version", "10", "active", "True", "kafka-topic", "orders"))
			.build();
		assertThat(transformer.transform(event)).hasSize(expected ? 1 : 0);
	}

	/**
	 * To read digits takes the square of their number.
	 */
	@Test
	@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
	void takesNoMillionsOfDigitsForANumber() throws Exception {
		String yaml = ORDER + "when: /amount > 1\n";
		String payload = "{\"order_id\":1,\"amount\":\"%s\"}".formatted("7".repeat(5_000_000));
		assertThat(rows(yaml, payload)).isEmpty();
	}

	@Test
	void takesTheWholeNameOfAGroupForItsTable() throws Exception {
		assertThat(rows("""
				type: mapping
				rows:
				  "[shop.orders]": { columns: { order_id: /id } }
				""", "{\"id\":7}")).containsExactly(Row.insert("shop.orders").set("order_id", 7L));
	}

	@Test
	void namesAGroupOfAQualifiedTableAsItIsConfigured() {
		assertThatThrownBy(() -> Configured.transformer("""
				type: mapping
				rows:
				  "[shop.orders]": { key: order_id }
				""")).isInstanceOf(InvalidConfigurationException.class)
			.hasMessageContaining("'mega.transformers.test.rows.[shop.orders]' maps no column");
	}

	@Test
	void takesTheTextOfAPayloadOnlyIfItIsUtf8() {
		ValueSource source = ValueSource.parse("metadata:text");
		assertThat(source.read(context("\uFFFD".getBytes(StandardCharsets.UTF_8))))
			.isEqualTo(StringNode.valueOf("\uFFFD"));
		assertThatThrownBy(() -> source.read(context("Gr\u00fc\u00dfe".getBytes(StandardCharsets.ISO_8859_1))))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessage("metadata:text: The payload is not UTF-8");
	}

	private static RecordContext context(byte[] payload) {
		return new RecordContext(Event.from("test.orders", payload).build(), MissingNode.getInstance(),
				MissingNode.getInstance(), 0);
	}

	@Test
	void failsOnUnknownFieldsIfToldTo() throws Exception {
		String yaml = """
				type: mapping
				on-unknown: fail
				rows:
				  orders: { when: /kind == 'order', columns: { id: /id, address: /address } }
				  order_lines: { for-each: /lines, columns: { order_id: root:/id, sku: /sku } }
				""";
		rows(yaml, "{\"id\":1,\"kind\":\"order\",\"address\":{\"x\":1},\"lines\":[{\"sku\":1}]}");
		assertThatThrownBy(() -> rows(yaml, "{\"id\":1,\"knd\":\"order\"}"))
			.hasMessage("The field /knd is not known, and 'on-unknown' is 'fail'. Is /kind meant?");
		assertThatThrownBy(() -> rows(yaml, "{\"id\":1,\"lines\":[{\"sku\":1},{\"q\":1}]}"))
			.hasMessageStartingWith("The field /lines/1/q is not known");
	}

	@ParameterizedTest
	@EnumSource(names = { "JSON", "NDJSON", "CSV" })
	void refusesATombstone(PayloadFormat format) {
		Transformer transformer = Configured.transformer(ORDER + "format: " + format);
		Event tombstone = Event.from("kafka.orders", new byte[0])
			.headers(EventHeaders.of("kafka-tombstone", "true"))
			.build();
		assertThatThrownBy(() -> transformer.transform(tombstone)).isInstanceOf(IllegalArgumentException.class)
			.hasMessageStartingWith("A tombstone has no payload to map: ");
	}

	@Test
	void readsArraysAndNdjson() throws Exception {
		assertThat(rows(ORDER, "[{\"order_id\":1},{\"order_id\":2}]")).hasSize(2);
		assertThat(rows(ORDER + "format: ndjson", "{\"order_id\":1}\n{\"order_id\":2}\n")).hasSize(2);
		assertThatThrownBy(() -> rows(ORDER + "format: ndjson", "[{\"order_id\":1}]\n{\"order_id\":2}\n"))
			.hasMessage("Record 1 of the event: It must be an object, but is ARRAY");
		assertThatThrownBy(() -> rows(ORDER, "{\"order_id\":1} {\"order_id\":2}")).isInstanceOf(Exception.class);
		assertThatThrownBy(() -> rows(ORDER, "[{\"order_id\":1},3]"))
			.hasMessage("Record 2 of the event: It must be an object, but is NUMBER");
		assertThatThrownBy(() -> rows(ORDER, "{\"order_id\":1,\"order_id\":2}")).isInstanceOf(Exception.class);
	}

	@Test
	void readsCsv() throws Exception {
		assertThat(rows(ORDER + "format: csv", "amount,order_id\n1.50,7\n,8\n"))
			.extracting((row) -> row.values().subList(0, 2).toString())
			.containsExactly("[7, 1.50]", "[8, null]");
		assertThat(rows(ORDER + "format: csv\ncsv: { separator: ';', columns: [order_id, amount] }", "7;\"1;5\""))
			.extracting((row) -> row.values().subList(0, 2).toString())
			.containsExactly("[7, 1;5]");
	}

	@Test
	void refusesCsvWithTwoColumnsOfOneName() {
		assertThatThrownBy(() -> rows(ORDER + "format: csv", "order_id,amount,amount\n7,1.50,2.50\n"))
			.hasMessageContaining("amount");
	}

	private static List<Row> rows(String yaml, String payload) throws Exception {
		return Configured.rows(Configured.transformer(yaml), payload);
	}

}
