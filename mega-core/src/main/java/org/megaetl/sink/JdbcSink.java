package org.megaetl.sink;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.megaetl.sink.StatementGroups.Group;
import org.megaetl.sink.StatementGroups.RawGroup;
import org.megaetl.sink.StatementGroups.RowGroup;
import org.megaetl.sql.RawSql;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
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

	private final TableRelations relations = new TableRelations();

	private final TableCatalogue catalogue = new TableCatalogue();

	private final RowDoubts doubts = new RowDoubts(this.catalogue);

	private final int rowsPerStatement;

	private final @Nullable BulkInserter bulk;

	private final @Nullable RowLoader loader;

	/**
	 * Creates a sink that inserts rows by statements of bound values.
	 * @param rowsPerStatement how many rows one statement carries at most
	 */
	public JdbcSink(int rowsPerStatement) {
		this(rowsPerStatement, null, (catalogue) -> null);
	}

	/**
	 * Creates a sink that writes many rows to insert at once, where the driver and the
	 * server have a better way to than a statement.
	 * @param rowsPerStatement how many rows one statement of bound values carries at most
	 * @param loadData whether rows are loaded where that is possible
	 */
	public JdbcSink(int rowsPerStatement, LoadData loadData) {
		this(rowsPerStatement, new BulkInserter(),
				(catalogue) -> (loadData == LoadData.AUTO) ? new RowLoader(catalogue) : null);
	}

	JdbcSink(int rowsPerStatement, @Nullable BulkInserter bulk, Function<TableCatalogue, @Nullable RowLoader> loader) {
		this.rowsPerStatement = rowsPerStatement;
		this.bulk = bulk;
		this.loader = loader.apply(this.catalogue);
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
		write(connection, group(connection, statements), null);
	}

	/**
	 * Writes the given statements, unless the database is going to refuse some, by what
	 * its catalogue says or what it remarks on: then nothing is written.
	 * @param connection a connection with an open transaction
	 * @param statements the statements; may be many
	 * @return the statements that are doubted, by identity, so that others may be written
	 * before them; none if all are written
	 * @throws SQLException if the database refuses one of them; the caller must roll back
	 * what was written
	 * @throws IllegalArgumentException if a value cannot be bound
	 */
	public Set<SqlStatement> tryWrite(Connection connection, Iterable<? extends SqlStatement> statements)
			throws SQLException {
		List<Group> groups = group(connection, statements);
		Set<SqlStatement> doubted = this.doubts.of(connection, groups);
		if (doubted.isEmpty()) {
			write(connection, groups, doubted);
		}
		return doubted;
	}

	/**
	 * Notes what became of statements that were doubted. If it was in vain, rows of their
	 * tables are not doubted for a while.
	 * @param statements statements that {@link #tryWrite} returned
	 * @param refused whether the database refuses them for their values
	 */
	public void doubted(Iterable<? extends SqlStatement> statements, boolean refused) {
		Set<String> tables = new HashSet<>();
		for (SqlStatement statement : statements) {
			if (statement instanceof Row row && tables.add(row.table())) {
				this.doubts.settled(row.table(), refused);
				if (this.loader != null && !refused) {
					this.loader.pause(row.table());
				}
			}
		}
	}

	/**
	 * Writes groups.
	 * @param doubted takes the rows that the server remarks on, and nothing is written if
	 * there are any; {@code null} if these are to be inserted
	 */
	private void write(Connection connection, List<Group> groups, @Nullable Set<SqlStatement> doubted)
			throws SQLException {
		try {
			for (Group group : groups) {
				if (group instanceof RowGroup rows) {
					this.catalogue.requireTransactions(connection, rows.shape().table());
				}
			}
			Savepoint start = (doubted != null && loadsAfterOthers(connection, groups)) ? connection.setSavepoint()
					: null;
			for (Group group : groups) {
				if (group instanceof RowGroup rows) {
					// what was written before must be taken back if they are remarked on
					writeRows(connection, rows, (start != null || group == groups.get(0)) ? doubted : null);
				}
				else {
					RawSqlWriter.write(connection, (RawGroup) group);
				}
				if (doubted != null && !doubted.isEmpty()) {
					if (start != null) {
						Savepoints.rollBack(connection, start);
					}
					return;
				}
			}
		}
		catch (SQLException ex) {
			SqlFailure failure = SqlFailure.of(ex);
			// of values it says nothing that is not known
			if (failure == null || !failure.isOfValue()) {
				this.relations.forget();
				this.catalogue.forget();
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
		List<Row> rows = rows(connection, group);
		return ValueBinder.endOfPacket(rows, 0, Math.min(rows.size(), maxRows(group))) == rows.size();
	}

	/**
	 * Returns whether some of the given statements may commit, as a procedure can: that
	 * is noticed afterwards, but not if the connection is lost meanwhile.
	 * @param statements the statements
	 * @return whether there are others than of rows
	 */
	public boolean mayCommit(Collection<? extends SqlStatement> statements) {
		return statements.stream()
			.anyMatch((statement) -> statement instanceof RawSql raw
					&& RawSqlKind.of(raw.sql()) != RawSqlKind.CHANGING_ROWS);
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

	/**
	 * Returns whether rows may be loaded after others are written, which are to be taken
	 * back with them. Of the first group the loader leaves no trace by itself.
	 */
	private boolean loadsAfterOthers(Connection connection, List<Group> groups) throws SQLException {
		for (int i = 1; i < groups.size() && this.loader != null; i++) {
			if (groups.get(i) instanceof RowGroup group && this.loader.mayLoad(connection, group.rows())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns the rows of a group as they are bound.
	 */
	private List<Row> rows(Connection connection, RowGroup group) throws SQLException {
		Row shape = group.shape();
		return (shape.mode() == RowMode.DELETE)
				? DeleteKeys.converted(group.rows(), this.catalogue.types(connection, shape.table())) : group.rows();
	}

	private void writeRows(Connection connection, RowGroup group, @Nullable Set<SqlStatement> doubted)
			throws SQLException {
		List<Row> rows = rows(connection, group);
		if ((this.bulk != null && this.bulk.insert(connection, rows))
				|| (this.loader != null && this.loader.load(connection, rows, doubted))) {
			return;
		}
		if (doubted != null && !doubted.isEmpty()) {
			return;
		}
		int maxRows = maxRows(group);
		int from = 0;
		while (from < rows.size()) {
			int to = ValueBinder.endOfPacket(rows, from, Math.min(rows.size(), from + maxRows));
			try (PreparedStatement statement = connection.prepareStatement(RowSql.render(group.shape(), to - from))) {
				int index = 1;
				for (int i = from; i < to; i++) {
					index = ValueBinder.bind(statement, index, rows.get(i));
				}
				statement.executeUpdate();
			}
			from = to;
		}
	}

}
