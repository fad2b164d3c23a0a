package org.megaetl.sql;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A row to insert, upsert or delete, built column by column:
 *
 * <pre class="code">
 * Row.upsert("orders").key("order_id", 1).set("status", "paid").newerBy("updated_at")
 * </pre>
 *
 * Rows of one shape (table, mode, columns in the same order) travel in one statement, so
 * set the columns always in the same order. Do not modify a row after it was returned
 * from a transformer. Not safe for use by several threads.
 */
public final class Row implements SqlStatement {

	private final RowMode mode;

	private final String table;

	private final List<String> columns = new ArrayList<>(8);

	private final List<@Nullable Object> values = new ArrayList<>(8);

	private List<String> keyColumns = List.of();

	private List<String> updatedColumns = List.of();

	private @Nullable String newerBy;

	private Row(RowMode mode, String table) {
		Assert.hasText(table, "'table' must not be empty");
		this.mode = mode;
		this.table = table;
	}

	/**
	 * Starts a row to insert. A row with the same unique key makes the event fail.
	 * @param table the table's name, which may be qualified as {@code schema.table}
	 * @return the row, without columns yet
	 */
	public static Row insert(String table) {
		return new Row(RowMode.INSERT, table);
	}

	/**
	 * Starts a row to insert or, where the table has a row with the same unique key, to
	 * update. Beware: the database looks at every unique key of the table, not only at
	 * the columns named here with {@link #key}.
	 * @param table the table's name, which may be qualified as {@code schema.table}
	 * @return the row, without columns yet
	 */
	public static Row upsert(String table) {
		return new Row(RowMode.UPSERT, table);
	}

	/**
	 * Starts a row to insert unless the table has a row with the same unique key, which
	 * is then left as it is. Values the table does not accept still are errors.
	 * @param table the table's name, which may be qualified as {@code schema.table}
	 * @return the row, without columns yet
	 */
	public static Row insertIfAbsent(String table) {
		return new Row(RowMode.INSERT_IF_ABSENT, table);
	}

	/**
	 * Starts a row to delete, found by the columns given with {@link #key}.
	 * @param table the table's name, which may be qualified as {@code schema.table}
	 * @return the row, without columns yet
	 */
	public static Row delete(String table) {
		return new Row(RowMode.DELETE, table);
	}

	/**
	 * Sets a column that identifies the row: an upsert does not update it, a delete finds
	 * the row by it.
	 * @param column the column's name
	 * @param value the value, bound as it is; {@code null} is SQL's NULL
	 * @return this row
	 */
	public Row key(String column, @Nullable Object value) {
		add(column, value);
		if (this.keyColumns.isEmpty()) {
			this.keyColumns = new ArrayList<>(2);
		}
		this.keyColumns.add(column);
		return this;
	}

	/**
	 * Sets a column.
	 * @param column the column's name
	 * @param value the value, bound as it is; {@code null} is SQL's NULL
	 * @return this row
	 */
	public Row set(String column, @Nullable Object value) {
		if (this.mode == RowMode.DELETE) {
			throw new IllegalStateException("A row to delete has key columns only: use key(\"" + column + "\", ...)");
		}
		add(column, value);
		return this;
	}

	private void add(String column, @Nullable Object value) {
		Assert.hasText(column, "'column' must not be empty");
		if (RawSql.isNoNumber(value)) {
			throw new IllegalArgumentException("'" + column + "' is " + value + ", a number that no database stores");
		}
		this.columns.add(column);
		this.values.add(value);
	}

	/**
	 * Limits what an upsert updates to the given columns; without this, all that are not
	 * {@link #key} columns.
	 * @param columns names of columns that are set on this row
	 * @return this row
	 */
	public Row updating(String... columns) {
		requireUpsert("updating");
		this.updatedColumns = List.of(columns);
		return this;
	}

	/**
	 * Makes an upsert update the existing row only if the given column's new value is not
	 * less than the stored one, so that an event that arrives late does not overwrite a
	 * newer one.
	 * @param column a column set on this row: a time or a version. NULL is older than
	 * anything
	 * @return this row
	 */
	public Row newerBy(String column) {
		requireUpsert("newerBy");
		this.newerBy = column;
		return this;
	}

	private void requireUpsert(String method) {
		if (this.mode != RowMode.UPSERT) {
			throw new IllegalStateException(method + "(...) applies to Row.upsert(...) only, not to " + this.mode);
		}
	}

	/**
	 * Returns what is done with the row.
	 * @return the mode
	 */
	public RowMode mode() {
		return this.mode;
	}

	/**
	 * Returns the table's name, which may be qualified as {@code schema.table}.
	 * @return the name
	 */
	public String table() {
		return this.table;
	}

	/**
	 * Returns the names of all columns, key columns included, in the order set.
	 * @return an unmodifiable view
	 */
	public List<String> columns() {
		return Collections.unmodifiableList(this.columns);
	}

	/**
	 * Returns the values, in the order of {@link #columns()}.
	 * @return an unmodifiable view
	 */
	public List<@Nullable Object> values() {
		return Collections.unmodifiableList(this.values);
	}

	/**
	 * Returns the names of the columns set with {@link #key}.
	 * @return an unmodifiable view
	 */
	public List<String> keyColumns() {
		return Collections.unmodifiableList(this.keyColumns);
	}

	/**
	 * Returns the columns an upsert updates: those chosen with {@link #updating}, or all
	 * that are not key columns.
	 * @return the names, possibly none
	 */
	public List<String> updatedColumns() {
		if (!this.updatedColumns.isEmpty()) {
			return this.updatedColumns;
		}
		List<String> updated = new ArrayList<>(this.columns);
		updated.removeAll(this.keyColumns);
		return updated;
	}

	/**
	 * Returns the column set with {@link #newerBy}.
	 * @return the name, or {@code null} if every event may update
	 */
	public @Nullable String newerByColumn() {
		return this.newerBy;
	}

	/**
	 * Returns whether the given row differs from this one in nothing but its values, so
	 * that one statement can carry both.
	 * @param other the other row
	 * @return whether both have the same shape
	 */
	public boolean hasShapeOf(Row other) {
		return this.mode == other.mode && this.table.equals(other.table) && this.columns.equals(other.columns)
				&& this.keyColumns.equals(other.keyColumns) && this.updatedColumns.equals(other.updatedColumns)
				&& Objects.equals(this.newerBy, other.newerBy);
	}

	@Override
	public boolean equals(@Nullable Object obj) {
		return obj instanceof Row other && hasShapeOf(other) && this.values.equals(other.values);
	}

	@Override
	public int hashCode() {
		return Objects.hash(this.mode, this.table, this.columns, this.values);
	}

	@Override
	public String toString() {
		return this.mode + " " + this.table + " " + this.columns + " " + this.values;
	}

}
