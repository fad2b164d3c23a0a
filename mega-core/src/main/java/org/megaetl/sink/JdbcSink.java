package org.megaetl.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.StatementGroups.Group;
import org.megaetl.sink.StatementGroups.RawGroup;
import org.megaetl.sink.StatementGroups.RowGroup;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

/**
 * Writes statements on a connection whose transaction belongs to the caller. Many rows to
 * insert are loaded as a text, or sent in bulk, where that is sound. Others of one shape
 * are written by one multi-row statement, which needs half the driver's work of its own
 * batch rewriting; SQL text is left to the driver's batches.
 */
public final class JdbcSink {

	/** A statement has at most 65,535 placeholders: they are counted in 16 bits. */
	private static final int MAX_PLACEHOLDERS = 65_535;

	/**
	 * Characters of values after which a statement is sent: far below every server's
	 * {@code max_allowed_packet} (16 MB and more), and large enough to make a round trip
	 * negligible.
	 */
	private static final int MAX_STATEMENT_SIZE = 1 << 20;

	private static final int SAVEPOINT_DOES_NOT_EXIST = 1305;

	private static final int LOCK_TABLE_FULL = 1206;

	private final TableRelations relations = new TableRelations();

	private final int rowsPerStatement;

	private final @Nullable BulkInserter bulk;

	private final @Nullable RowLoader loader;

	/**
	 * Creates a sink that inserts rows by statements of bound values.
	 * @param rowsPerStatement how many rows one statement carries at most
	 */
	public JdbcSink(int rowsPerStatement) {
		this(rowsPerStatement, null, null);
	}

	/**
	 * Creates a sink that writes many rows to insert at once, where the driver and the
	 * server have a better way to than a statement.
	 * @param rowsPerStatement how many rows one statement of bound values carries at most
	 * @param loadData whether rows are loaded where that is possible
	 */
	public JdbcSink(int rowsPerStatement, LoadData loadData) {
		this(rowsPerStatement, new BulkInserter(), (loadData == LoadData.AUTO) ? new RowLoader() : null);
	}

	JdbcSink(int rowsPerStatement, @Nullable BulkInserter bulk, @Nullable RowLoader loader) {
		this.rowsPerStatement = rowsPerStatement;
		this.bulk = bulk;
		this.loader = loader;
	}

	/**
	 * Writes the given statements, in an order that has the same effect as theirs.
	 * @param connection a connection with an open transaction
	 * @param statements the statements; may be many
	 * @throws SQLException if the database refuses one of them; the caller must roll back
	 * what was written
	 * @throws IllegalArgumentException if a value cannot be bound
	 */
	public void write(Connection connection, Iterable<? extends SqlStatement> statements) throws SQLException {
		List<Group> groups = group(connection, statements);
		try {
			for (Group group : groups) {
				if (group instanceof RowGroup rows) {
					writeRows(connection, rows);
				}
				else {
					writeRaw(connection, (RawGroup) group);
				}
			}
		}
		catch (SQLException ex) {
			this.relations.forget();
			if (this.loader != null) {
				this.loader.forget();
			}
			throw ex;
		}
	}

	/**
	 * Returns whether all of the given statements would be sent as one, which the
	 * database executes wholly or not at all. Loading the rows before, or sending them in
	 * bulk, leaves no trace if it was in vain.
	 * @param connection a connection with an open transaction
	 * @param statements the statements
	 * @return whether it is one statement of rows
	 * @throws SQLException if the database's catalogue cannot be read
	 */
	public boolean isSingleStatement(Connection connection, Iterable<? extends SqlStatement> statements)
			throws SQLException {
		List<Group> groups = group(connection, statements);
		if (groups.size() != 1 || !(groups.get(0) instanceof RowGroup group)) {
			return false;
		}
		return endOfStatement(group.rows(), 0, Math.min(group.rows().size(), maxRows(group))) == group.rows().size();
	}

	private List<Group> group(Connection connection, Iterable<? extends SqlStatement> statements) throws SQLException {
		StatementGroups groups = new StatementGroups(this.relations, connection);
		for (SqlStatement statement : statements) {
			groups.add(statement);
		}
		return groups.groups();
	}

	private int maxRows(RowGroup group) {
		// a row without columns is refused when it is rendered
		int columns = Math.max(1, group.shape().columns().size());
		return Math.max(1, Math.min(this.rowsPerStatement, MAX_PLACEHOLDERS / columns));
	}

	private void writeRows(Connection connection, RowGroup group) throws SQLException {
		List<Row> rows = group.rows();
		if ((this.bulk != null && this.bulk.insert(connection, rows))
				|| (this.loader != null && this.loader.load(connection, rows))) {
			return;
		}
		int maxRows = maxRows(group);
		int from = 0;
		while (from < rows.size()) {
			int to = endOfStatement(rows, from, Math.min(rows.size(), from + maxRows));
			try (PreparedStatement statement = connection.prepareStatement(RowSql.render(group.shape(), to - from))) {
				int index = 1;
				for (int i = from; i < to; i++) {
					// without an iterator per row
					List<@Nullable Object> values = rows.get(i).values();
					for (int column = 0; column < values.size(); column++) {
						ValueBinder.bind(statement, index++, values.get(column));
					}
				}
				statement.executeUpdate();
			}
			from = to;
		}
	}

	private static int endOfStatement(List<Row> rows, int from, int limit) {
		long size = 0;
		for (int i = from; i < limit; i++) {
			List<@Nullable Object> values = rows.get(i).values();
			for (int column = 0; column < values.size(); column++) {
				size += ValueBinder.size(values.get(column));
			}
			if (size > MAX_STATEMENT_SIZE) {
				return Math.max(from + 1, i);
			}
		}
		return limit;
	}

	private static void writeRaw(Connection connection, RawGroup group) throws SQLException {
		RawSqlKind kind = RawSqlKind.of(group.sql());
		if (kind == RawSqlKind.COMMITTING) {
			throw new IllegalArgumentException("A transformer's statement must not commit, as '"
					+ group.sql().strip().lines().findFirst().orElse("") + "' does: put DDL in initDdl()");
		}
		if (kind == RawSqlKind.CHANGING_ROWS) {
			executeRaw(connection, group);
			return;
		}
		// a procedure may commit without our knowing
		Savepoint savepoint = connection.setSavepoint();
		try {
			executeRaw(connection, group);
		}
		catch (SQLException ex) {
			SqlFailure failure = SqlFailure.of(ex);
			// these may have ended the savepoint, but commit nothing
			boolean rolledBack = failure == null || failure.isLockConflict() || failure.isCutOff()
					|| failure.vendorCode() == LOCK_TABLE_FULL;
			if (!rolledBack) {
				release(connection, savepoint);
			}
			throw ex;
		}
		release(connection, savepoint);
	}

	private static void release(Connection connection, Savepoint savepoint) throws SQLException {
		try {
			connection.releaseSavepoint(savepoint);
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == SAVEPOINT_DOES_NOT_EXIST) {
				throw new TransactionLostException(ex);
			}
			throw ex;
		}
	}

	private static void executeRaw(Connection connection, RawGroup group) throws SQLException {
		try (PreparedStatement statement = connection.prepareStatement(group.sql())) {
			if (group.args().size() == 1) {
				bind(statement, group.args().get(0));
				statement.executeUpdate();
				return;
			}
			for (List<@Nullable Object> args : group.args()) {
				bind(statement, args);
				statement.addBatch();
			}
			statement.executeBatch();
		}
	}

	private static void bind(PreparedStatement statement, List<@Nullable Object> args) throws SQLException {
		// the driver keeps the values of the execution before, which must not fill in for
		// missing ones
		statement.clearParameters();
		int index = 1;
		for (Object arg : args) {
			ValueBinder.bind(statement, index++, arg);
		}
	}

}
