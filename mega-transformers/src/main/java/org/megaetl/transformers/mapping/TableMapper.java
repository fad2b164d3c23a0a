package org.megaetl.transformers.mapping;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.sql.Row;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.Table;
import org.megaetl.transformers.table.TableNames;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Turns records into rows of one table. Immutable.
 */
final class TableMapper {

	private final String property;

	private final String table;

	private final MappingMode mode;

	private final List<MappedColumn> columns;

	private final List<String> key;

	/** By the columns' places, whether they are of the key. */
	private final boolean[] ofKey;

	private final @Nullable String newerBy;

	private final @Nullable Condition when;

	private final List<ValueSource> conditionSources;

	private final @Nullable JsonPointer forEach;

	private final boolean allowOtherUniqueKeys;

	private TableMapper(String property, String table, MappingMode mode, List<MappedColumn> columns, List<String> key,
			@Nullable String newerBy, @Nullable Condition when, List<ValueSource> conditionSources,
			@Nullable JsonPointer forEach, boolean allowOtherUniqueKeys) {
		this.property = property;
		this.table = table;
		this.mode = mode;
		this.columns = List.copyOf(columns);
		this.key = key;
		this.ofKey = new boolean[columns.size()];
		for (int i = 0; i < columns.size(); i++) {
			this.ofKey[i] = contains(key, columns.get(i).name());
		}
		this.newerBy = newerBy;
		this.when = when;
		this.conditionSources = conditionSources;
		this.forEach = forEach;
		this.allowOtherUniqueKeys = allowOtherUniqueKeys;
	}

	/**
	 * Checks what can be checked without the table.
	 */
	static TableMapper of(String property, RowMapping mapping) {
		String table = Objects.requireNonNull(mapping.table());
		TableNames.refusePlatform(table, property + ".table");
		if (mapping.columns().isEmpty()) {
			throw new InvalidConfigurationException("'" + property + "' maps no column.",
					"Set '" + property + ".columns' to where the value of each column comes from, such as "
							+ "'columns: { order_id: /order_id }'.");
		}
		requireDifferent(property, mapping.columns().keySet());
		List<MappedColumn> columns = new ArrayList<>();
		mapping.columns()
			.forEach((name, column) -> columns.add(MappedColumn.of(property + ".columns." + name, name, column)));
		List<ValueSource> sources = new ArrayList<>();
		return new TableMapper(property, table, RowRules.check(property, mapping), columns, mapping.key(),
				mapping.newerBy(), condition(property, mapping.when(), sources::add), sources,
				forEach(property, mapping.forEach()), mapping.allowOtherUniqueKeys());
	}

	private static void requireDifferent(String property, Set<String> names) {
		Map<String, String> known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String name : names) {
			String other = known.putIfAbsent(name, name);
			if (other != null) {
				throw new InvalidConfigurationException("'" + property + ".columns' maps the column '" + other
						+ "' twice, also as '" + name + "': case makes no difference.", "Remove one of them.");
			}
		}
	}

	private static @Nullable Condition condition(String property, @Nullable String when,
			Consumer<ValueSource> sources) {
		try {
			return (when != null) ? ConditionParser.parse(when, sources) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException(
					"'" + property + ".when' is '" + when + "', which is no condition: " + ex.getMessage() + ".",
					"Write a condition such as \"/status == 'paid' && /amount > 0\".", ex);
		}
	}

	private static @Nullable JsonPointer forEach(String property, @Nullable String forEach) {
		try {
			return (forEach != null) ? ValueSource.pointer(forEach) : null;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException(
					"'" + property + ".for-each' is '" + forEach + "', which is not a JSON pointer.",
					"Write the place of an array, such as '/lines'.", ex);
		}
	}

	/**
	 * Returns this mapper with the types of its table's columns.
	 * @throws InvalidConfigurationException if it does not fit the table
	 */
	TableMapper bind(Catalogue catalogue) throws SQLException {
		Table found = TableNames.require(this.table, this.property + ".table", catalogue);
		List<MappedColumn> bound = new ArrayList<>();
		for (MappedColumn column : this.columns) {
			bound.add(column.bind(column(found, column.name(), column.property())));
		}
		if (this.mode != MappingMode.DELETE) {
			RowRules.requireColumns(this.property, found, bound);
		}
		List<String> boundKey = new ArrayList<>();
		for (String column : this.key) {
			boundKey.add(column(found, column, this.property + ".key").name());
		}
		String boundNewerBy = (this.newerBy != null) ? column(found, this.newerBy, this.property + ".newer-by").name()
				: null;
		if (!boundKey.isEmpty() && this.mode != MappingMode.DELETE && this.mode != MappingMode.INSERT) {
			RowRules.checkUniqueKeys(this.property, found, boundKey, bound, this.allowOtherUniqueKeys);
		}
		return new TableMapper(this.property, this.table, this.mode, bound, boundKey, boundNewerBy, this.when,
				this.conditionSources, this.forEach, this.allowOtherUniqueKeys);
	}

	private static Column column(Table table, String name, String property) {
		Column column = table.find(name);
		if (column != null) {
			return column;
		}
		List<String> names = table.columns().stream().map(Column::name).toList();
		throw new InvalidConfigurationException(
				"'" + property + "' names the column '" + name + "', which table '" + table.name() + "' does not have.",
				ClosestMatch.closest(name, names)
					.map((closest) -> "Did you mean '" + closest + "'?")
					.orElse("Add it to the table, or name one of its columns: " + String.join(", ", names) + "."));
	}

	/**
	 * Adds the rows of a record.
	 * @throws IllegalArgumentException if a value is missing or of the wrong type
	 */
	void map(RecordContext context, Consumer<Row> rows) {
		if (this.forEach == null) {
			mapOne(context, rows);
			return;
		}
		JsonNode elements = context.root().at(this.forEach);
		if (elements.isNull() || elements.isMissingNode()) {
			return;
		}
		if (!(elements instanceof ArrayNode)) {
			throw new IllegalArgumentException(this.forEach + " must be an array, but is "
					+ elements.getNodeType().name().toLowerCase(Locale.ROOT));
		}
		for (int i = 0; i < elements.size(); i++) {
			mapOne(new RecordContext(context.event(), context.root(), elements.get(i), i), rows);
		}
	}

	private void mapOne(RecordContext context, Consumer<Row> rows) {
		if (this.when != null && !this.when.holds(context)) {
			return;
		}
		Row row = switch (this.mode) {
			case INSERT -> Row.insert(this.table);
			case UPSERT -> Row.upsert(this.table);
			case IF_ABSENT -> Row.insertIfAbsent(this.table);
			case DELETE -> Row.delete(this.table);
		};
		for (int i = 0; i < this.ofKey.length; i++) {
			MappedColumn column = this.columns.get(i);
			Object value = column.value(context);
			if (this.ofKey[i]) {
				if (value == null && this.mode != MappingMode.INSERT) {
					throw new IllegalArgumentException(column.source() + " has no value, but column '" + column.name()
							+ "' is of the key: without it, no row can be found");
				}
				row.key(column.name(), value);
			}
			else {
				row.set(column.name(), value);
			}
		}
		rows.accept((this.newerBy != null) ? row.newerBy(this.newerBy) : row);
	}

	/**
	 * Notes which fields of a record are used.
	 */
	void noteFields(KnownFields fields) {
		List<ValueSource> sources = new ArrayList<>(this.conditionSources);
		this.columns.forEach((column) -> {
			if (column.source() != null) {
				sources.add(column.source());
			}
		});
		if (this.forEach != null) {
			fields.addArray(this.forEach);
		}
		for (ValueSource source : sources) {
			if (source.pointer() != null) {
				fields.add((source.isOfRoot() || this.forEach == null) ? null : this.forEach, source.pointer());
			}
		}
	}

	String table() {
		return this.table;
	}

	List<MappedColumn> columns() {
		return this.columns;
	}

	List<String> key() {
		return this.key;
	}

	@Nullable JsonPointer forEach() {
		return this.forEach;
	}

	static boolean contains(List<String> names, String name) {
		return names.stream().anyMatch(name::equalsIgnoreCase);
	}

}
