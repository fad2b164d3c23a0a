package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.StatementGroups.Group;
import org.megaetl.sink.StatementGroups.RowGroup;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
import org.megaetl.sql.SqlStatement;

/**
 * Tells which rows the database is going to refuse, by what its catalogue says of their
 * columns. It is asked only for batches that are large enough to be worth it.
 */
final class RowDoubts {

	private static final int MIN_ROWS = 100;

	private final Pauses pauses = new Pauses(Pauses.FIRST);

	private final TableCatalogue catalogue;

	RowDoubts(TableCatalogue catalogue) {
		this.catalogue = catalogue;
	}

	/**
	 * Returns the rows that do not fit into their columns.
	 * @param connection the connection to read the catalogue with
	 * @param groups rows and other statements
	 * @return the rows, by identity; usually none
	 * @throws SQLException if the catalogue cannot be read
	 */
	Set<SqlStatement> of(Connection connection, List<Group> groups) throws SQLException {
		Set<SqlStatement> doubted = Collections.newSetFromMap(new IdentityHashMap<>(0));
		for (Group group : groups) {
			if (group instanceof RowGroup rows && rows.shape().mode() != RowMode.DELETE
					&& rows.rows().size() >= MIN_ROWS) {
				String name = rows.shape().table();
				if (!this.pauses.isPaused(name)) {
					add(this.catalogue.table(connection, name).known(rows.shape().columns()), rows.rows(), doubted);
				}
			}
		}
		return doubted;
	}

	private static void add(@Nullable LoadColumn[] columns, List<Row> rows, Set<SqlStatement> doubted) {
		for (Row row : rows) {
			List<@Nullable Object> values = row.values();
			for (int i = 0; i < columns.length; i++) {
				LoadColumn column = columns[i];
				if (column != null && column.refuses(values.get(i))) {
					doubted.add(row);
					break;
				}
			}
		}
	}

	/**
	 * Has no doubts about a table's rows for a while if the database took such a row.
	 * @param table the table's name
	 * @param refused whether it refused all of them
	 */
	void settled(String table, boolean refused) {
		this.pauses.settled(table, refused);
		if (!refused) {
			this.catalogue.forget(table);
		}
	}

}
