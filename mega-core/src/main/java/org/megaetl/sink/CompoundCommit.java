package org.megaetl.sink;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

import org.megaetl.sink.StatementGroups.Group;
import org.megaetl.sink.StatementGroups.RowGroup;
import org.megaetl.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a few rows and their commit in one round trip: as a compound statement, which
 * MariaDB executes outside of procedures, too. MySQL and TiDB do not. Several statements
 * in one text would do there, but the connections would have to allow these to everybody,
 * and so to SQL that a transformer has put together carelessly.
 */
final class CompoundCommit {

	/**
	 * The most rows: more have better ways to be sent, beside which a round trip is
	 * little.
	 */
	private static final int MAX_ROWS = 50;

	/** Characters of values: the server parses all before it executes any. */
	private static final int MAX_SIZE = 1 << 16;

	/** The server does not know the statement, perhaps in a mode of its parser. */
	private static final int SYNTAX_ERROR = 1064;

	private static final Logger logger = LoggerFactory.getLogger(CompoundCommit.class);

	private volatile boolean refused;

	/**
	 * Returns whether the rows can be sent so.
	 * @param connection the connection
	 * @param groups what is to be written
	 * @return whether they can
	 * @throws SQLException if the driver does not say what the database is
	 */
	boolean isPossible(Connection connection, List<Group> groups) throws SQLException {
		if (this.refused) {
			return false;
		}
		int count = 0;
		long size = 0;
		for (Group group : groups) {
			if (!(group instanceof RowGroup rows)) {
				return false;
			}
			count += rows.rows().size();
			if (count > MAX_ROWS) {
				return false;
			}
			for (Row row : rows.rows()) {
				size += ValueBinder.size(row);
			}
		}
		return size <= MAX_SIZE && isMariaDb(connection.getMetaData());
	}

	private static boolean isMariaDb(DatabaseMetaData database) throws SQLException {
		// the first is what its own driver says, the second what Connector/J does
		return database.getDatabaseProductName().equals("MariaDB")
				|| database.getDatabaseProductVersion().contains("MariaDB");
	}

	/**
	 * Writes and commits.
	 * @param connection a connection without an open transaction or auto-commit
	 * @param mark the row to write first
	 * @param groups groups of rows, see {@link #isPossible}
	 * @throws SQLException if that failed; it may be committed all the same
	 */
	void execute(Connection connection, Row mark, List<Group> groups) throws SQLException {
		StringBuilder sql = new StringBuilder("BEGIN NOT ATOMIC ").append(RowSql.render(mark, 1)).append("; ");
		for (Group group : groups) {
			RowGroup rows = (RowGroup) group;
			sql.append(RowSql.render(rows.shape(), rows.rows().size())).append("; ");
		}
		sql.append("COMMIT; END");
		try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
			int index = ValueBinder.bind(statement, 1, mark);
			for (Group group : groups) {
				for (Row row : ((RowGroup) group).rows()) {
					index = ValueBinder.bind(statement, index, row);
				}
			}
			statement.execute();
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == SYNTAX_ERROR) {
				this.refused = true;
				logger.info(
						"The database takes no compound statements, so that rows and their commit are sent apart: {}",
						SqlFailure.describe(ex));
			}
			throw ex;
		}
	}

}
