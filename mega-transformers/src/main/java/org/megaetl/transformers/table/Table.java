package org.megaetl.transformers.table;

import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * A table of the database. Names of columns compare without regard to case, as the
 * database compares them. Immutable.
 */
public final class Table {

	private final String name;

	private final List<Column> all;

	private final Map<String, Column> columns = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

	private final Map<String, List<String>> uniqueKeys;

	private final @Nullable String engineWithoutTransactions;

	/**
	 * Creates a table.
	 * @param name the table's name as the configuration has it
	 * @param columns the columns, in the table's order
	 * @param uniqueKeys the columns of each unique key, by the key's name
	 * @param engineWithoutTransactions the table's storage engine, or {@code null} if it
	 * has transactions or is not known
	 */
	public Table(String name, List<Column> columns, Map<String, List<String>> uniqueKeys,
			@Nullable String engineWithoutTransactions) {
		this.name = name;
		this.all = List.copyOf(columns);
		columns.forEach((column) -> this.columns.put(column.name(), column));
		this.uniqueKeys = Collections.unmodifiableMap(uniqueKeys);
		this.engineWithoutTransactions = engineWithoutTransactions;
	}

	/**
	 * Returns the table's name as the configuration has it.
	 * @return the name
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Returns a column.
	 * @param name the column's name, in any case
	 * @return the column, or {@code null} if there is none of that name
	 */
	public @Nullable Column find(String name) {
		return this.columns.get(name);
	}

	/**
	 * Returns all columns.
	 * @return the columns, in the table's order
	 */
	public List<Column> columns() {
		return this.all;
	}

	/**
	 * Returns the unique keys, the primary key among them.
	 * @return the columns of each key, by the key's name; where a key sees only the
	 * beginning of a column, its length is given, as in {@code name(10)}
	 */
	public Map<String, List<String>> uniqueKeys() {
		return this.uniqueKeys;
	}

	/**
	 * Returns the storage engine if it cannot take back what was written.
	 * @return the engine's name, or {@code null} if it has transactions or is not known
	 */
	public @Nullable String engineWithoutTransactions() {
		return this.engineWithoutTransactions;
	}

	/**
	 * Returns whether the table has a unique key of exactly the given columns, or of
	 * their beginnings.
	 * @param columns the names of columns, in any order
	 * @return whether there is such a key
	 */
	public boolean isUnique(Collection<String> columns) {
		return this.uniqueKeys.values()
			.stream()
			.anyMatch((key) -> lowerCase(key.stream().map(Table::withoutPrefix).toList()).equals(lowerCase(columns)));
	}

	static String prefix(@Nullable String length) {
		return (length != null) ? "(" + length + ")" : "";
	}

	private static String withoutPrefix(String column) {
		int end = column.endsWith(")") ? column.lastIndexOf('(') : -1;
		return (end > 0) ? column.substring(0, end) : column;
	}

	/**
	 * Returns the unique keys, other than that of the given columns, in which a row that
	 * sets some columns may meet another row. In a key with a column that is left to
	 * {@code AUTO_INCREMENT}, or to be NULL, it meets none. A key that sees only the
	 * beginnings of the given columns is another one.
	 * @param key the names of the key's columns
	 * @param set the names of the columns that the row sets
	 * @return the columns of each such key, by the key's name
	 */
	public Map<String, List<String>> otherUniqueKeys(Collection<String> key, Collection<String> set) {
		Set<String> present = lowerCase(set);
		Map<String, List<String>> others = new TreeMap<>();
		this.uniqueKeys.forEach((name, columns) -> {
			boolean meets = columns.stream().allMatch((column) -> {
				String whole = withoutPrefix(column);
				Column found = find(whole);
				return found == null || present.contains(whole.toLowerCase(Locale.ROOT)) || found.hasDefault()
						|| found.generated();
			});
			if (meets && !lowerCase(columns).equals(lowerCase(key))) {
				others.put(name, columns);
			}
		});
		return others;
	}

	private static Set<String> lowerCase(Collection<String> names) {
		Set<String> lowerCase = new HashSet<>();
		names.forEach((name) -> lowerCase.add(name.toLowerCase(Locale.ROOT)));
		return lowerCase;
	}

}
