package org.megaetl.sink;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;

/**
 * Writes rows to insert by the bulk protocol of MariaDB and its driver: the statement
 * once and the values of all rows, of one type each column. Of several packets the server
 * refuses one and keeps the others: all are taken back, and the rows left to be inserted.
 */
final class BulkInserter {

	/** Fewer rows are not worth the savepoint. */
	private static final int MIN_ROWS = 50;

	/** The first server with it; to others the driver sends the rows one by one. */
	private static final int[] SERVER = { 10, 3 };

	/** The first driver that does so unless it is told not to. */
	private static final int[] DRIVER = { 3, 5 };

	/**
	 * What the user has switched off, and what makes of the same values in an INSERT of
	 * many rows something else.
	 */
	private static final Pattern OBSTACLES = Pattern
		.compile("(?i)[?&](useBulkStmts(ForInserts)?=false|useServerPrepStmts=true)(&|$)");

	private final Pauses pauses;

	private final int minRows;

	BulkInserter() {
		this(MIN_ROWS, Pauses.FIRST);
	}

	/**
	 * Creates an inserter.
	 * @param minRows how many rows are worth it
	 * @param firstPause how often rows of a table are inserted otherwise once some were
	 * refused
	 */
	BulkInserter(int minRows, int firstPause) {
		this.minRows = minRows;
		this.pauses = new Pauses(firstPause);
	}

	/**
	 * Writes rows, all of them or none.
	 * @param connection a connection with an open transaction
	 * @param rows rows of one shape
	 * @return whether they were written; if not, they are to be inserted otherwise
	 * @throws SQLException if the transaction cannot go on
	 */
	boolean insert(Connection connection, List<Row> rows) throws SQLException {
		Row shape = rows.get(0);
		if (shape.mode() != RowMode.INSERT || rows.size() < this.minRows || !isPossible(connection.getMetaData())) {
			return false;
		}
		if (this.pauses.isPaused(shape.table())) {
			return false;
		}
		try (PreparedStatement statement = connection.prepareStatement(RowSql.render(shape, 1))) {
			int end = addRows(statement, rows, 0);
			if (end == 0) {
				return false;
			}
			boolean inserted = insert(connection, statement, rows, end);
			this.pauses.settled(shape.table(), inserted);
			return inserted;
		}
		catch (SQLException ex) {
			this.pauses.failed(shape.table(), ex);
			throw ex;
		}
	}

	private static boolean insert(Connection connection, PreparedStatement statement, List<Row> rows, int firstEnd)
			throws SQLException {
		return Savepoints.attempt(connection, () -> {
			int from = 0;
			int end = firstEnd;
			while (end > from) {
				statement.executeBatch();
				if (end == rows.size()) {
					return true;
				}
				from = end;
				end = addRows(statement, rows, from);
			}
			return false;
		});
	}

	/**
	 * Adds as many rows to a batch as are sent at once.
	 * @return the first that was not added, or {@code from} if the values of a column
	 * cannot be sent as one type
	 */
	private static int addRows(PreparedStatement statement, List<Row> rows, int from) throws SQLException {
		int columns = rows.get(from).columns().size();
		@Nullable BulkValue[] kinds = new BulkValue[columns];
		int end = ValueBinder.endOfPacket(rows, from, rows.size());
		for (int column = 0; column < columns; column++) {
			if (!find(kinds, column, rows.subList(from, end))) {
				return from;
			}
		}
		for (int i = from; i < end; i++) {
			List<@Nullable Object> values = rows.get(i).values();
			for (int column = 0; column < columns; column++) {
				BulkValue kind = kinds[column];
				Object value = values.get(column);
				((kind != null) ? kind : BulkValue.TEXT).bind(statement, column + 1,
						ValueBinder.isNull(value) ? null : value);
			}
			statement.addBatch();
		}
		return end;
	}

	/**
	 * Finds what the values of a column are sent as.
	 */
	private static boolean find(@Nullable BulkValue[] kinds, int column, List<Row> rows) {
		BulkValue kind = null;
		boolean nulls = false;
		for (Row row : rows) {
			Object value = row.values().get(column);
			if (ValueBinder.isNull(value)) {
				nulls = true;
				continue;
			}
			BulkValue found = BulkValue.of(value);
			kind = (found != null) ? BulkValue.common(kind, found) : null;
			if (kind == null) {
				return false;
			}
		}
		kinds[column] = (nulls && kind != null) ? kind.withNulls() : kind;
		return true;
	}

	private static boolean isPossible(DatabaseMetaData connection) throws SQLException {
		return "MariaDB Connector/J".equals(connection.getDriverName())
				&& isAtLeast(DRIVER, connection.getDriverMajorVersion(), connection.getDriverMinorVersion())
				&& "MariaDB".equals(connection.getDatabaseProductName())
				&& isAtLeast(SERVER, connection.getDatabaseMajorVersion(), connection.getDatabaseMinorVersion())
				&& !OBSTACLES.matcher(connection.getURL()).find();
	}

	private static boolean isAtLeast(int[] version, int major, int minor) {
		return major > version[0] || (major == version[0] && minor >= version[1]);
	}

}
