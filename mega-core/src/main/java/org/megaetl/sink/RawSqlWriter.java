package org.megaetl.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.StatementGroups.RawGroup;

/**
 * Executes SQL text of the user's own, and notices if it ends the transaction.
 */
final class RawSqlWriter {

	private RawSqlWriter() {
	}

	static void write(Connection connection, RawGroup group) throws SQLException {
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
			Savepoints.releaseAfter(connection, savepoint, ex);
			throw ex;
		}
		Savepoints.release(connection, savepoint);
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
