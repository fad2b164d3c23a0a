package org.megaetl.transformers.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.Table;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A row that a test expects.
 *
 * @param table the table
 * @param values the values by column
 * @param mode what is done with it; {@code null} if that does not matter
 * @param key the columns of the key; {@code null} if they do not matter
 */
record ExpectedRow(String table, ObjectNode values, @Nullable RowMode mode, @Nullable List<String> key) {

	private static final Set<String> FIELDS = Set.of("table", "row", "mode", "key");

	private static final Map<String, RowMode> MODES = Map.of("insert", RowMode.INSERT, "upsert", RowMode.UPSERT,
			"if-absent", RowMode.INSERT_IF_ABSENT, "delete", RowMode.DELETE);

	/**
	 * Understands rows as a test has them.
	 * @param text a row or an array of rows, as JSON or YAML
	 * @param place where they are written
	 * @throws InvalidConfigurationException if they are anything else
	 */
	static List<ExpectedRow> parse(String text, String place) {
		try {
			JsonNode node = TestFiles.YAML.readValue(text);
			List<ExpectedRow> rows = new ArrayList<>();
			if (node instanceof ArrayNode array) {
				array.forEach((element) -> rows.add(of(element)));
			}
			else {
				rows.add(of(node));
			}
			if (rows.isEmpty()) {
				throw new IllegalArgumentException("there is none: 'skipped: true' expects that");
			}
			return rows;
		}
		catch (JacksonException ex) {
			throw invalid(place, ex.getOriginalMessage(), ex);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(place, String.valueOf(ex.getMessage()), ex);
		}
	}

	private static InvalidConfigurationException invalid(String place, String reason, Exception cause) {
		return new InvalidConfigurationException(place + ", has 'rows' that are none: " + reason + ".",
				"Write rows such as {\"table\": \"orders\", \"row\": {\"order_id\": 1}}.", cause);
	}

	private static ExpectedRow of(JsonNode node) {
		if (!(node instanceof ObjectNode object) || !(object.get("row") instanceof ObjectNode values)
				|| !object.path("table").isString()) {
			throw new IllegalArgumentException("a row must have a 'table' and a 'row' with the columns");
		}
		for (String name : object.propertyNames()) {
			if (!FIELDS.contains(name)) {
				throw new IllegalArgumentException("a row has table, row, mode, key, but no '" + name + "'");
			}
		}
		RowMode mode = null;
		if (object.has("mode")) {
			mode = MODES.get(object.get("mode").asString());
			if (mode == null) {
				throw new IllegalArgumentException("there is no mode " + object.get("mode"));
			}
		}
		List<String> key = null;
		JsonNode columns = object.get("key");
		if (columns != null) {
			key = (columns instanceof ArrayNode array) ? array.valueStream().map(JsonNode::asString).toList()
					: List.of(columns.asString());
		}
		return new ExpectedRow(object.get("table").stringValue(), values, mode, key);
	}

	/**
	 * Returns what is different in a row.
	 * @param row the row that the transformer made
	 * @param known the table, or {@code null} if it is not known
	 * @return the differences; empty if there is none
	 */
	List<String> differences(Row row, @Nullable Table known) {
		List<String> differences = new ArrayList<>();
		if (!this.table.equals(row.table())) {
			differences.add("the table is " + row.table() + ", but " + this.table + " is expected");
			return differences;
		}
		if (this.mode != null && this.mode != row.mode()) {
			differences.add("the mode is " + text(row.mode()) + ", but " + text(this.mode) + " is expected");
		}
		if (this.key != null && !lowerCase(this.key).equals(lowerCase(row.keyColumns()))) {
			differences.add("the key is " + row.keyColumns() + ", but " + this.key + " is expected");
		}
		Set<String> open = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
		open.addAll(this.values.propertyNames());
		for (int i = 0; i < row.columns().size(); i++) {
			String name = row.columns().get(i);
			Object value = row.values().get(i);
			Column column = (known != null) ? known.find(name) : null;
			if (!open.remove(name)) {
				differences.add("column '" + name + "' is " + Values.show(value) + ", but not expected");
			}
			else {
				String difference = Values.difference(value(name), value, column);
				if (difference != null) {
					differences.add("column '" + name + "' " + difference);
				}
			}
		}
		open.forEach((name) -> differences
			.add("column '" + name + "' is not set, but " + Values.show(value(name)) + " is expected"));
		return differences;
	}

	private JsonNode value(String column) {
		for (Map.Entry<String, JsonNode> value : this.values.properties()) {
			if (value.getKey().equalsIgnoreCase(column)) {
				return value.getValue();
			}
		}
		throw new IllegalStateException("There is no column '" + column + "'");
	}

	private static Set<String> lowerCase(List<String> names) {
		return names.stream().map((name) -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
	}

	@Override
	public String toString() {
		return show(this.mode, this.table, this.key,
				this.values.properties()
					.stream()
					.map((value) -> value.getKey() + "=" + Values.show(value.getValue()))
					.toList());
	}

	static String show(Row row) {
		List<String> columns = new ArrayList<>();
		for (int i = 0; i < row.columns().size(); i++) {
			columns.add(row.columns().get(i) + "=" + Values.show(row.values().get(i)));
		}
		return show(row.mode(), row.table(), row.keyColumns(), columns);
	}

	private static String show(@Nullable RowMode mode, String table, @Nullable List<String> key, List<String> columns) {
		return ((mode != null) ? text(mode) + " " : "") + table + " (" + String.join(", ", columns) + ")"
				+ ((key != null && !key.isEmpty()) ? " key " + key : "");
	}

	private static String text(RowMode mode) {
		return MODES.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() == mode)
			.map(Map.Entry::getKey)
			.findFirst()
			.orElseThrow();
	}

}
