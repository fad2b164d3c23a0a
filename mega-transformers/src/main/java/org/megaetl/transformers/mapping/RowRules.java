package org.megaetl.transformers.mapping;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.Table;

/**
 * The rules for mode, key and the table's keys.
 */
final class RowRules {

	private RowRules() {
	}

	/**
	 * Checks mode and key.
	 * @return the mode
	 */
	static MappingMode check(String property, RowMapping mapping) {
		MappingMode mode = (mapping.mode() != null) ? mapping.mode()
				: mapping.key().isEmpty() ? MappingMode.INSERT : MappingMode.UPSERT;
		boolean needsKey = mode == MappingMode.UPSERT || mode == MappingMode.DELETE;
		if (needsKey && mapping.key().isEmpty()) {
			throw new InvalidConfigurationException("'" + property + ".mode' is '" + text(mode) + "', but '" + property
					+ ".key' does not say which columns identify a row.", "Set '" + property + ".key'.");
		}
		List<String> mapped = List.copyOf(mapping.columns().keySet());
		mapping.key().forEach((column) -> requireMapped(property, "key", column, mapped));
		if (mode == MappingMode.DELETE) {
			mapped.stream()
				.filter((column) -> !TableMapper.contains(mapping.key(), column))
				.findFirst()
				.ifPresent((column) -> {
					throw new InvalidConfigurationException(
							"'" + property + ".columns." + column + "' is not of the key, but '" + property
									+ ".mode' is 'delete', which finds rows by their key only.",
							"Remove it, or add it to '" + property + ".key'.");
				});
		}
		String newerBy = mapping.newerBy();
		if (newerBy != null) {
			requireMapped(property, "newer-by", newerBy, mapped);
			if (mode != MappingMode.UPSERT || TableMapper.contains(mapping.key(), newerBy)) {
				throw new InvalidConfigurationException(
						"'" + property + ".newer-by' says which column of a row to update must not be newer, but "
								+ ((mode != MappingMode.UPSERT) ? "the mode is '" + text(mode) + "'."
										: "'" + newerBy + "' is of the key."),
						"Remove it, or " + ((mode != MappingMode.UPSERT) ? "set the mode to 'upsert'."
								: "name a column with a time or a version."));
			}
		}
		return mode;
	}

	private static void requireMapped(String property, String name, String column, List<String> mapped) {
		if (!TableMapper.contains(mapped, column)) {
			throw new InvalidConfigurationException(
					"'" + property + "." + name + "' names the column '" + column + "', which is not mapped.",
					"Add it to '" + property + ".columns', or name one of the columns that are: "
							+ String.join(", ", mapped) + ".");
		}
	}

	private static String text(MappingMode mode) {
		return (mode == MappingMode.IF_ABSENT) ? "if-absent" : mode.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Refuses a mapping that leaves out a column without which no row can be stored.
	 */
	static void requireColumns(String property, Table table, List<MappedColumn> mapped) {
		List<String> names = mapped.stream().map(MappedColumn::name).toList();
		List<String> missing = table.columns()
			.stream()
			.filter(Column::mustBeSet)
			.map(Column::name)
			.filter((name) -> !TableMapper.contains(names, name))
			.toList();
		if (!missing.isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + property + ".columns' leaves out " + String.join(", ", missing) + " of table '" + table.name()
							+ "': without a value, which the database has no default for, no row can be stored.",
					"Map " + missing.stream()
						.map((name) -> "'" + property + ".columns." + name + "'")
						.collect(Collectors.joining(", ")) + ", or give the column a default in the database.");
		}
	}

	/**
	 * Refuses a key that is not one in the database, and other keys in which an upsert
	 * would find a row as well.
	 */
	static void checkUniqueKeys(String property, Table table, List<String> key, List<MappedColumn> mapped,
			boolean allowOthers) {
		if (!table.isUnique(key)) {
			throw new InvalidConfigurationException(
					"'" + property + ".key' is " + key + ", but table '" + table.name()
							+ "' has no unique key of these columns, so that the database would insert every row. "
							+ (table.uniqueKeys().isEmpty() ? "It has no unique key at all."
									: "Its unique keys are: " + describe(table.uniqueKeys()) + "."),
					"Add a unique key of these columns to the table, or set '" + property
							+ ".key' to the columns of one it has.");
		}
		Map<String, List<String>> others = table.otherUniqueKeys(key, mapped.stream().map(MappedColumn::name).toList());
		if (!others.isEmpty() && !allowOthers) {
			throw new InvalidConfigurationException("'" + property + ".key' is " + key + ", but table '" + table.name()
					+ "' has another unique key: " + describe(others)
					+ ". The database finds the row to update in any unique key (ON DUPLICATE KEY), so that an event "
					+ "could change a row with another key.",
					"If that is meant, or cannot happen, set '" + property
							+ ".allow-other-unique-keys' to true; else remove that key from the table.");
		}
	}

	private static String describe(Map<String, List<String>> keys) {
		return keys.entrySet()
			.stream()
			.map((key) -> key.getKey() + " " + key.getValue())
			.collect(Collectors.joining(", "));
	}

}
