package org.megaetl.transformers.guest;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.ColumnValues;
import org.megaetl.transformers.table.Table;
import org.megaetl.transformers.table.TableNames;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks what a guest returned, and makes rows of it: of allowed tables and of columns
 * that exist, so that no text of the guest's ever is part of a statement. Safe for use by
 * several threads.
 */
final class GuestRows {

	private static final Set<String> FIELDS = Set.of("table", "row", "mode", "key", "newerBy");

	private static final int MOST_KEYS = 1000;

	private static final int MAX_SHOWN = 80;

	private static final ObjectReader json = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.build()
		.readerFor(JsonNode.class);

	private final GuestSettings settings;

	private final Set<String> allowed;

	/** Empty as long as the tables are not known. */
	private volatile Map<String, Table> tables = Map.of();

	/** What is wrong with a key; empty if nothing is. */
	private final Map<List<String>, String> keys = new ConcurrentHashMap<>();

	GuestRows(GuestSettings settings) {
		this.settings = settings;
		this.allowed = Set.copyOf(settings.tables());
	}

	boolean isBound() {
		return !this.tables.isEmpty();
	}

	void bind(Catalogue catalogue) throws SQLException {
		Map<String, Table> found = new HashMap<>();
		for (String name : this.allowed) {
			found.put(name, TableNames.require(name, this.settings.property() + ".tables", catalogue));
		}
		this.keys.clear();
		this.tables = found;
	}

	/**
	 * Makes rows of what a guest returned.
	 * @param output the JSON: a row, an array of rows, or null
	 * @return the rows, in order
	 * @throws IllegalArgumentException if it is anything else
	 */
	List<Row> read(@Nullable String output) {
		if (output == null) {
			return List.of();
		}
		if (output.length() > this.settings.maxOutput()) {
			throw new IllegalArgumentException("The transformer returned " + output.length()
					+ " characters, more than '" + this.settings.property() + ".max-output' allows");
		}
		JsonNode node;
		try {
			node = json.readValue(output);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("The transformer returned what is not JSON: " + ex.getOriginalMessage(),
					ex);
		}
		return (node != null) ? rows(node) : List.of();
	}

	/**
	 * Makes rows of what a guest returned.
	 * @param node a row, an array of rows, or null
	 * @return the rows, in order
	 * @throws IllegalArgumentException if it is anything else
	 */
	List<Row> rows(JsonNode node) {
		if (node.isNull()) {
			return List.of();
		}
		List<Row> rows = new ArrayList<>(1);
		if (node instanceof ArrayNode array) {
			array.forEach((element) -> rows.add(row(element)));
		}
		else {
			rows.add(row(node));
		}
		return rows;
	}

	private Row row(JsonNode node) {
		if (!(node instanceof ObjectNode object)) {
			throw new IllegalArgumentException("The transformer returned " + shown(node)
					+ " where a row such as {\"table\": \"orders\", \"row\": {\"order_id\": 1}} is expected");
		}
		object.forEachEntry((name, value) -> {
			if (!FIELDS.contains(name)) {
				throw new IllegalArgumentException("The transformer returned a row with '" + shown(name)
						+ "', which means nothing; a row has table, row, mode, key, newerBy");
			}
		});
		String name = text(object, "table");
		if (name == null || !this.allowed.contains(name)) {
			throw new IllegalArgumentException("The transformer returned a row for the table '" + shown(name)
					+ "', which '" + this.settings.property() + ".tables' does not allow");
		}
		Table table = this.tables.get(name);
		if (!(object.get("row") instanceof ObjectNode values) || values.isEmpty()) {
			throw new IllegalArgumentException("The transformer returned a row for the table '" + name
					+ "' without columns: 'row' must be an object with at least one");
		}
		Set<String> key = key(object);
		String mode = text(object, "mode");
		return fill(start(name, (mode != null) ? mode : key.isEmpty() ? "insert" : "upsert", key, table), table, values,
				key, text(object, "newerBy"));
	}

	private Row start(String name, String mode, Set<String> key, @Nullable Table table) {
		Row row = switch (mode) {
			case "insert" -> Row.insert(name);
			case "upsert" -> Row.upsert(name);
			case "if-absent" -> Row.insertIfAbsent(name);
			case "delete" -> Row.delete(name);
			default -> throw new IllegalArgumentException("The transformer returned a row with the mode '" + shown(mode)
					+ "'; there are insert, upsert, if-absent, delete");
		};
		if (key.isEmpty() && (mode.equals("upsert") || mode.equals("delete"))) {
			throw new IllegalArgumentException("The transformer returned a row for the table '" + name
					+ "' with the mode '" + mode + "' and without a key: 'key' says which columns identify a row");
		}
		if (table != null && (mode.equals("upsert") || (mode.equals("if-absent") && !key.isEmpty()))) {
			checkKey(table, key);
		}
		return row;
	}

	/**
	 * Refuses to upsert by what is no unique key, or into a table in which the row might
	 * be found by another one.
	 */
	private void checkKey(Table table, Set<String> key) {
		List<String> id = new ArrayList<>(key);
		id.add(table.name());
		String problem = this.keys.get(id);
		if (problem == null) {
			Map<String, List<String>> others = table.otherUniqueKeys(key,
					table.columns().stream().filter((column) -> !column.autoIncrement()).map(Column::name).toList());
			problem = !table.isUnique(key) ? "the table has no unique key of these columns"
					: (!others.isEmpty() && !this.settings.allowOtherUniqueKeys())
							? "the table has other unique keys, in which the database would find a row, too: " + others
									+ ". '" + this.settings.property() + ".allow-other-unique-keys' allows that"
							: "";
			if (this.keys.size() < MOST_KEYS) {
				this.keys.put(id, problem);
			}
		}
		if (!problem.isEmpty()) {
			throw new IllegalArgumentException("The transformer returned a row for the table '" + table.name()
					+ "' with the key " + key + ", but " + problem);
		}
	}

	private Row fill(Row row, @Nullable Table table, ObjectNode values, Set<String> key, @Nullable String newerBy) {
		Set<String> open = new HashSet<>(key);
		boolean differently = false;
		for (Map.Entry<String, JsonNode> member : values.properties()) {
			String name = member.getKey();
			JsonNode node = member.getValue();
			Column column = (table != null) ? column(table, name) : null;
			Object value = (column != null) ? value(node, column) : ColumnValues.natural(node, null);
			String canonical = (column != null) ? column.name() : name;
			// an object has no member twice, but a column may be written in two ways
			differently = differently || !canonical.equals(name);
			if (differently && row.columns().contains(canonical)) {
				throw new IllegalArgumentException("The transformer returned a row for the table '" + row.table()
						+ "' that has the column '" + canonical + "' twice");
			}
			if (open.remove(name)) {
				if (value == null && row.mode() != RowMode.INSERT) {
					throw new IllegalArgumentException("The transformer returned null for the column '" + canonical
							+ "', which is of the key: without it, no row can be found");
				}
				row.key(canonical, value);
			}
			else {
				row.set(canonical, value);
			}
		}
		if (!open.isEmpty()) {
			throw new IllegalArgumentException("The transformer returned a row for the table '" + row.table()
					+ "' whose key has a column that the row does not: '" + shown(open.iterator().next()) + "'");
		}
		if (newerBy != null) {
			if (!values.has(newerBy)) {
				throw new IllegalArgumentException("The transformer returned a row for the table '" + row.table()
						+ "' with newerBy '" + shown(newerBy) + "', a column that the row does not have");
			}
			row.newerBy((table != null) ? column(table, newerBy).name() : newerBy);
		}
		return row;
	}

	private static @Nullable Object value(JsonNode node, Column column) {
		if (column.generated()) {
			throw new IllegalArgumentException("The transformer returned a value for the column '" + column.name()
					+ "', which the database computes by itself");
		}
		Object value = ColumnValues.convert(node, column, null);
		if (value == null && !column.nullable() && !column.autoIncrement()) {
			throw new IllegalArgumentException("The transformer returned null for the column '" + column.name()
					+ "', which cannot be NULL: return a value, or leave the column out");
		}
		return value;
	}

	private static Column column(Table table, String name) {
		Column column = table.find(name);
		if (column != null) {
			return column;
		}
		List<String> names = table.columns().stream().map(Column::name).toList();
		throw new IllegalArgumentException("The transformer returned a row with the column '" + shown(name)
				+ "', which table '" + table.name() + "' does not have"
				+ ((name.length() > MAX_SHOWN) ? ""
						: ClosestMatch.closest(name, names)
							.map((closest) -> ". Did you mean '" + closest + "'?")
							.orElse("")));
	}

	private static Set<String> key(ObjectNode row) {
		JsonNode node = row.get("key");
		if (node == null || node.isNull()) {
			return Set.of();
		}
		Set<String> key = new HashSet<>();
		List<JsonNode> elements = (node instanceof ArrayNode array) ? List.copyOf(array.values()) : List.of(node);
		for (JsonNode element : elements) {
			if (!element.isString() || !key.add(element.stringValue())) {
				throw new IllegalArgumentException("The transformer returned a row with the key " + shown(node)
						+ ", which is not an array of different names of columns");
			}
		}
		return key;
	}

	private static @Nullable String text(ObjectNode row, String field) {
		JsonNode node = row.get(field);
		if (node == null || node.isNull()) {
			return null;
		}
		if (!node.isString()) {
			throw new IllegalArgumentException(
					"The transformer returned a row with the " + field + " " + shown(node) + ", which is not a text");
		}
		return node.stringValue();
	}

	private static String shown(@Nullable Object value) {
		String text = Objects.toString(value, "");
		return (text.length() <= MAX_SHOWN) ? text : text.substring(0, MAX_SHOWN) + "…";
	}

}
