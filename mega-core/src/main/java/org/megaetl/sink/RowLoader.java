package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.jspecify.annotations.Nullable;
import org.megaetl.sql.Row;
import org.megaetl.sql.RowMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.util.ClassUtils;

/**
 * Writes rows to insert by {@code LOAD DATA LOCAL INFILE}, which costs the client and the
 * server about half of what a statement of bound values does. What the server would
 * refuse of such a statement it only remarks on when it loads: a text that it remarks on
 * is taken back, and its rows are left to be inserted.
 */
final class RowLoader {

	/** Fewer rows are not worth the savepoint. */
	private static final int MIN_ROWS = 100;

	private static final Logger logger = LoggerFactory.getLogger(RowLoader.class);

	private static final String OBSTACLE = "Rows are not loaded by LOAD DATA: {}";

	/** What ProxySQL says of {@code LOAD DATA LOCAL}, unless it is told to pass it on. */
	private static final int UNKNOWN_COMMAND = 1047;

	private static final String VARIABLES = """
			SHOW VARIABLES WHERE Variable_name IN ('version', 'local_infile', 'wsrep_load_data_splitting', 'sql_mode',
			'character_set_client', 'character_set_connection')""";

	/**
	 * The modes that make something else of a text in a statement than when it is loaded.
	 */
	private static final List<String> TEXT_MODES = List.of("NO_BACKSLASH_ESCAPES", "EMPTY_STRING_IS_NULL");

	private final boolean connectorPresent = ClassUtils.isPresent("com.mysql.cj.jdbc.JdbcStatement",
			RowLoader.class.getClassLoader());

	private final TableCatalogue catalogue;

	private final Pauses pauses;

	/** Never more than there are writers at once. */
	private final Queue<LoadText> texts = new ConcurrentLinkedQueue<>();

	private final int minRows;

	private volatile @Nullable Server server;

	RowLoader(TableCatalogue catalogue) {
		this(catalogue, MIN_ROWS, Pauses.FIRST);
	}

	/**
	 * Creates a loader.
	 * @param catalogue what is known of the tables
	 * @param minRows how many rows are worth it
	 * @param firstPause how often rows of a table are inserted once some could not be
	 * loaded
	 */
	RowLoader(TableCatalogue catalogue, int minRows, int firstPause) {
		this.catalogue = catalogue;
		this.minRows = minRows;
		this.pauses = new Pauses(firstPause);
	}

	/**
	 * Writes rows, all of them or none.
	 * @param connection a connection with an open transaction
	 * @param rows rows of one shape
	 * @param remarked takes the rows that are the only ones that the server remarks on,
	 * so that the others may be worth loading; {@code null} if it does not matter which
	 * @return whether they were written; if not, they are to be inserted
	 * @throws SQLException if the transaction cannot go on
	 */
	boolean load(Connection connection, List<Row> rows, @Nullable Set<? super Row> remarked) throws SQLException {
		if (!isWorthIt(rows)) {
			return false;
		}
		Row shape = rows.get(0);
		if (this.pauses.isPaused(shape.table()) || !isAllowed(connection)) {
			return false;
		}
		LoadTable table = this.catalogue.table(connection, shape.table());
		List<LoadColumn> columns = table.columns(shape.columns());
		if (columns == null) {
			return false;
		}
		if (!table.isUnchanged(connection, shape.table())) {
			this.catalogue.forget(shape.table());
			// an INSERT may not be taken back any more either
			this.catalogue.requireTransactions(connection, shape.table());
			return false;
		}
		LoadText text = this.texts.poll();
		if (text == null) {
			text = new LoadText();
		}
		try {
			boolean loaded = load(connection, RowSql.renderLoad(shape), columns, rows, text, remarked);
			if (loaded || remarked == null || remarked.isEmpty()) {
				this.pauses.settled(shape.table(), loaded);
			}
			return loaded;
		}
		catch (SQLException ex) {
			this.pauses.failed(shape.table(), ex);
			noteRefusal(ex);
			throw ex;
		}
		finally {
			text.trim();
			this.texts.add(text);
		}
	}

	private boolean isWorthIt(List<Row> rows) {
		return rows.get(0).mode() == RowMode.INSERT && rows.size() >= this.minRows;
	}

	private static boolean load(Connection connection, String sql, List<LoadColumn> columns, List<Row> rows,
			LoadText text, @Nullable Set<? super Row> remarked) throws SQLException {
		int firstEnd = text.fill(columns, rows, 0);
		return firstEnd > 0 && Savepoints.attempt(connection, () -> {
			int from = 0;
			int end = firstEnd;
			while (end > from) {
				int remarks = LocalInfile.load(connection, sql, text, end - from);
				if (remarks > 0 && remarked != null) {
					for (int row : LoadWarnings.rows(connection, remarks, end - from)) {
						remarked.add(rows.get(from + row));
					}
				}
				if (remarks != 0 || end == rows.size()) {
					return remarks == 0;
				}
				from = end;
				end = text.fill(columns, rows, from);
			}
			return false;
		});
	}

	/**
	 * Returns whether rows are worth loading, and it is allowed.
	 * @param connection a connection
	 * @param rows rows of one shape
	 * @return whether they may be loaded
	 * @throws SQLException if the server does not tell
	 */
	boolean mayLoad(Connection connection, List<Row> rows) throws SQLException {
		return isWorthIt(rows) && isAllowed(connection);
	}

	/**
	 * Loads nothing into a table for a while: the server remarked on rows that it took
	 * when they were inserted.
	 * @param table the table's name
	 */
	void pause(String table) {
		this.pauses.settled(table, false);
	}

	/**
	 * Loads nothing any more if a proxy has refused the statement as one that it does not
	 * know, of which the server behind it says nothing. To try again would cost a
	 * connection each time.
	 */
	private void noteRefusal(SQLException failure) {
		SqlFailure found = SqlFailure.of(failure);
		// a Galera node that is not ready has the same code
		if (found != null && found.vendorCode() == UNKNOWN_COMMAND && found.message().contains("LOAD DATA")) {
			Server refusing = new Server("it is refused (" + SqlFailure.describe(failure) + ")", null);
			logger.info(OBSTACLE, refusing.obstacle);
			this.server = refusing;
		}
	}

	private boolean isAllowed(Connection connection) throws SQLException {
		Server current = this.server;
		if (current == null || current.isOld()) {
			String obstacle = obstacle(connection);
			if (obstacle != null && (current == null || !obstacle.equals(current.obstacle))) {
				logger.info(OBSTACLE, obstacle);
			}
			current = new Server(obstacle, System.nanoTime());
			this.server = current;
		}
		return current.obstacle == null;
	}

	private @Nullable String obstacle(Connection connection) throws SQLException {
		String obstacle = this.connectorPresent ? LocalInfile.obstacle(connection)
				: "MySQL Connector/J is not on the class path";
		if (obstacle != null) {
			return obstacle;
		}
		Map<String, String> variables = new HashMap<>();
		try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(VARIABLES)) {
			while (rows.next()) {
				variables.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
			}
		}
		if (variables.getOrDefault("version", "TiDB").contains("TiDB")) {
			return "the server is TiDB";
		}
		if (!"ON".equalsIgnoreCase(variables.get("local_infile"))) {
			return "the server's variable local_infile is OFF";
		}
		for (String name : List.of("character_set_client", "character_set_connection")) {
			if (!"utf8mb4".equalsIgnoreCase(variables.get(name))) {
				return "the session's " + name + " is " + variables.get(name) + " and not utf8mb4";
			}
		}
		for (String mode : TEXT_MODES) {
			if (variables.getOrDefault("sql_mode", "").contains(mode)) {
				return "in the mode " + mode + " a text is not stored as it is";
			}
		}
		// it commits in between
		return "ON".equalsIgnoreCase(variables.get("wsrep_load_data_splitting"))
				? "the server's variable wsrep_load_data_splitting is ON" : null;
	}

	/**
	 * Whether the server and the connections allow it.
	 *
	 * @param obstacle why not, or {@code null} if they do
	 * @param readAt when that was read, by {@link System#nanoTime()}, or {@code null} if
	 * it is not to be read again
	 */
	private record Server(@Nullable String obstacle, @Nullable Long readAt) {

		boolean isOld() {
			return this.readAt != null && System.nanoTime() - this.readAt > TableCatalogue.MAX_AGE;
		}

	}

}
