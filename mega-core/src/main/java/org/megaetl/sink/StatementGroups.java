package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.RawSql;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

/**
 * Sorts the statements of a batch into groups that can be sent together, without changing
 * the order of any two that could matter to each other. A row joins an earlier row of its
 * shape only across rows of tables that the database does not connect with its own; SQL
 * text of the user's own is never crossed, so it joins only the statement right before
 * it.
 */
final class StatementGroups {

	private final TableRelations relations;

	private final Connection connection;

	private final List<Group> groups = new ArrayList<>();

	/** The groups of rows that still accept rows, by their table's key. */
	private final Map<String, RowGroup> open = new HashMap<>();

	private @Nullable RowGroup last;

	StatementGroups(TableRelations relations, Connection connection) {
		this.relations = relations;
		this.connection = connection;
	}

	void add(SqlStatement statement) throws SQLException {
		if (statement instanceof Row row) {
			add(row);
		}
		else {
			add((RawSql) statement);
		}
	}

	private void add(Row row) throws SQLException {
		RowGroup previous = this.last;
		if (previous != null && previous.accepts(row)) {
			previous.rows.add(row);
			return;
		}
		String table = TableRelations.key(row.table());
		RowGroup group = this.open.get(table);
		if (group == null || !group.accepts(row)) {
			group = start(row, table);
		}
		group.rows.add(row);
		this.last = group;
	}

	private RowGroup start(Row row, String table) throws SQLException {
		for (String other : List.copyOf(this.open.keySet())) {
			if (this.relations.connected(this.connection, table, other)) {
				this.open.remove(other);
			}
		}
		RowGroup group = new RowGroup(row, new ArrayList<>());
		this.groups.add(group);
		this.open.put(table, group);
		return group;
	}

	private void add(RawSql statement) {
		this.open.clear();
		this.last = null;
		Group previous = this.groups.isEmpty() ? null : this.groups.get(this.groups.size() - 1);
		if (previous instanceof RawGroup group && group.sql.equals(statement.sql())) {
			group.args.add(statement.args());
			return;
		}
		List<List<@Nullable Object>> args = new ArrayList<>();
		args.add(statement.args());
		this.groups.add(new RawGroup(statement.sql(), args));
	}

	List<Group> groups() {
		return this.groups;
	}

	/**
	 * Statements that can be sent together.
	 */
	sealed interface Group permits RowGroup, RawGroup {

	}

	/**
	 * Rows of one shape.
	 *
	 * @param shape the first of the rows
	 * @param rows the rows, in order
	 */
	record RowGroup(Row shape, List<Row> rows) implements Group {

		boolean accepts(Row row) {
			return this.shape.hasShapeOf(row);
		}

	}

	/**
	 * Executions of one text.
	 *
	 * @param sql the text
	 * @param args the values of each execution, in order
	 */
	record RawGroup(String sql, List<List<@Nullable Object>> args) implements Group {

	}

}
