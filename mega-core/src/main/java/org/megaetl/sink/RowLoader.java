package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

	private static final int FIRST_PAUSE = 16;

	private static final String SAVEPOINT = "mega_load";

	private static final int SAVEPOINT_DOES_NOT_EXIST = 1305;

	private static final int LOCK_TABLE_FULL = 1206;

	private static final String VARIABLES = """
			SHOW VARIABLES WHERE Variable_name IN ('version', 'local_infile', 'wsrep_load_data_splitting', 'sql_mode',
			'character_set_client', 'character_set_connection')""";

	/**
	 * The modes that make something else of a text in a statement than when it is loaded.
	 */
	private static final List<String> TEXT_MODES = List.of("NO_BACKSLASH_ESCAPES", "EMPTY_STRING_IS_NULL");

	private final boolean connectorPresent = ClassUtils.isPresent("com.mysql.cj.jdbc.JdbcStatement",
			RowLoader.class.getClassLoader());

	private final Map<String, LoadTarget> targets = new ConcurrentHashMap<>();

	/** Never more than there are writers at once. */
	private final Queue<LoadText> texts = new ConcurrentLinkedQueue<>();

	private final int minRows;

	private final int firstPause;

	private volatile @Nullable Server server;

	RowLoader() {
		this(MIN_ROWS, FIRST_PAUSE);
	}

	/**
	 * Creates a loader.
	 * @param minRows how many rows are worth it
	 * @param firstPause how often rows of a table are inserted once some could not be
	 * loaded; each time in a row twice as often
	 */
	RowLoader(int minRows, int firstPause) {
		this.minRows = minRows;
		this.firstPause = firstPause;
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
		LoadTarget target = target(shape.table());
		if (target.isPaused() || !isAllowed(connection)) {
			return false;
		}
		LoadTable table = target.table(connection, shape.table());
		List<LoadColumn> columns = table.columns(shape.columns());
		if (columns == null) {
			return false;
		}
		if (!table.isUnchanged(connection, shape.table())) {
			target.forget();
			return false;
		}
		LoadText text = this.texts.poll();
		if (text == null) {
			text = new LoadText();
		}
		try {
			boolean loaded = load(connection, RowSql.renderLoad(shape), columns, rows, text, remarked);
			if (loaded || remarked == null || remarked.isEmpty()) {
				target.settled(loaded);
			}
			return loaded;
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
		int end = text.fill(columns, rows, 0);
		if (end == 0) {
			return false;
		}
		Savepoint savepoint = connection.setSavepoint(SAVEPOINT);
		try {
			int from = 0;
			int remarks = 0;
			while (end > from && remarks == 0) {
				remarks = LocalInfile.load(connection, sql, text, end - from);
				if (remarks == 0) {
					if (end == rows.size()) {
						return true;
					}
					from = end;
					end = text.fill(columns, rows, from);
				}
			}
			if (remarks > 0 && remarked != null) {
				for (int row : LoadRemarks.rows(connection, remarks, end - from)) {
					remarked.add(rows.get(from + row));
				}
			}
		}
		catch (SQLException | RuntimeException ex) {
			// all else the INSERT will run into as well
			if (ex instanceof SQLException failure && endsTransaction(failure)) {
				throw failure;
			}
			logger.debug("Rows cannot be loaded: they are inserted", ex);
		}
		rollBack(connection, savepoint);
		return false;
	}

	/**
	 * Returns whether a transaction cannot go on after a failure.
	 * @param failure what a statement failed with
	 * @return whether the failure may have ended it
	 */
	static boolean endsTransaction(SQLException failure) {
		SqlFailure found = SqlFailure.of(failure);
		return found == null || found.isLockConflict() || found.isCutOff() || found.vendorCode() == LOCK_TABLE_FULL;
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
	 * Takes back what was written since a savepoint.
	 */
	static void rollBack(Connection connection, Savepoint savepoint) throws SQLException {
		try {
			connection.rollback(savepoint);
		}
		catch (SQLException ex) {
			if (ex.getErrorCode() == SAVEPOINT_DOES_NOT_EXIST) {
				throw new TransactionLostException(ex);
			}
			throw ex;
		}
	}

	/**
	 * Loads nothing into a table for a while: the server remarked on rows that it took
	 * when they were inserted.
	 * @param table the table's name
	 */
	void pause(String table) {
		target(table).settled(false);
	}

	private LoadTarget target(String table) {
		return this.targets.computeIfAbsent(table, (name) -> new LoadTarget(this.firstPause));
	}

	/**
	 * Forgets what the catalogue says: a statement failed, and a table may have been
	 * changed.
	 */
	void forget() {
		this.targets.values().forEach(LoadTarget::forget);
	}

	private boolean isAllowed(Connection connection) throws SQLException {
		Server current = this.server;
		if (current == null || System.nanoTime() - current.readAt > LoadTarget.MAX_AGE) {
			String obstacle = obstacle(connection);
			if (obstacle != null && (current == null || !obstacle.equals(current.obstacle))) {
				logger.info("Rows are not loaded by LOAD DATA: {}", obstacle);
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
	 * @param readAt when that was read, by {@link System#nanoTime()}
	 */
	private record Server(@Nullable String obstacle, long readAt) {

	}

}
