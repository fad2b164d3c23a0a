package org.megaetl.sink;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.mysql.cj.NativeSession;
import com.mysql.cj.Session;
import com.mysql.cj.conf.PropertyKey;
import com.mysql.cj.conf.PropertySet;
import com.mysql.cj.conf.RuntimeProperty;
import com.mysql.cj.jdbc.JdbcStatement;
import org.jspecify.annotations.Nullable;

/**
 * {@code LOAD DATA LOCAL INFILE} from memory, through MySQL Connector/J. The driver takes
 * what it sends from a stream only while {@code allowLoadLocalInfile} is on, which lets
 * the server ask for any file if there is no stream. So it is on for no longer than our
 * own statement, and the stream is there all the while. Its own class, as the driver may
 * be another.
 */
final class LocalInfile {

	private static final Pattern NO_DIGITS = Pattern.compile("\\D+");

	private static final Pattern REMARKS = Pattern.compile("(\\d+) 0 0 (\\d{1,9})");

	/**
	 * The driver makes a buffer of the size of its packets for each load, and that is a
	 * megabyte if the server takes as much: enough for the garbage collector to treat
	 * each apart.
	 */
	private static final int MAX_PACKET = 1 << 18;

	/** Not all rows were written, or it is not known. */
	static final int INCOMPLETE = -1;

	private static final int MIN_PACKET = 1 << 13;

	private LocalInfile() {
	}

	/**
	 * Returns why a connection cannot be used.
	 * @param connection the connection
	 * @return the reason, or {@code null} if there is none
	 * @throws SQLException if the connection is closed
	 */
	static @Nullable String obstacle(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			if (!statement.isWrapperFor(JdbcStatement.class)) {
				return "the driver is not MySQL Connector/J";
			}
			Session session = statement.unwrap(JdbcStatement.class).getSession();
			PropertySet properties = session.getPropertySet();
			if (!properties.getBooleanProperty(PropertyKey.allowLoadLocalInfile).getValue()
					&& !properties.getStringProperty(PropertyKey.allowLoadLocalInfileInPath).isExplicitlySet()) {
				return "the connection's parameters do not allow it (allowLoadLocalInfileInPath is not set)";
			}
			String encoding = properties.getStringProperty(PropertyKey.characterEncoding).getValue();
			if (encoding != null && !encoding.equalsIgnoreCase("UTF-8") && !encoding.equalsIgnoreCase("UTF8")) {
				return "the connection's characterEncoding is " + encoding;
			}
			if (properties.getBooleanProperty(PropertyKey.useServerPrepStmts).getValue()) {
				return "useServerPrepStmts makes the server convert values in its own way";
			}
			if (session.getServerSession().isNoBackslashEscapesSet()) {
				return "in the mode NO_BACKSLASH_ESCAPES the driver does not send texts as texts";
			}
			if (!properties.getBooleanProperty(PropertyKey.sendFractionalSeconds).getValue()
					|| session.getServerSession().isServerTruncatesFracSecs()) {
				return "fractions of seconds are not rounded";
			}
			return null;
		}
	}

	/**
	 * Executes a statement that loads a text.
	 * @param connection the connection
	 * @param sql the statement
	 * @param text what it loads
	 * @param rows how many rows the text has
	 * @return how many remarks the server has if all rows were written, none if it took
	 * them as they are; or {@value #INCOMPLETE}
	 * @throws SQLException if the statement failed
	 */
	static int load(Connection connection, String sql, LoadText text, int rows) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			JdbcStatement target = statement.unwrap(JdbcStatement.class);
			// the statement forgets it when the connection is lost
			NativeSession session = (NativeSession) target.getSession();
			PropertySet properties = session.getPropertySet();
			RuntimeProperty<Boolean> allowed = properties.getBooleanProperty(PropertyKey.allowLoadLocalInfile);
			RuntimeProperty<Integer> packet = properties.getIntegerProperty(PropertyKey.maxAllowedPacket);
			boolean allowedBefore = allowed.getValue();
			int packetBefore = packet.getValue();
			session.setLocalInfileInputStream(text);
			allowed.setValue(true);
			int needed = Math.max(Math.min(MAX_PACKET, text.available()), 4 * sql.length());
			packet.setValue(Math.min(packetBefore, needed + MIN_PACKET));
			try {
				statement.setEscapeProcessing(false);
				long written = statement.executeLargeUpdate(sql);
				return (written == rows) ? remarks(target.getResultSetInternal().getServerInfo(), rows) : INCOMPLETE;
			}
			finally {
				packet.setValue(packetBefore);
				allowed.setValue(allowedBefore);
				session.setLocalInfileInputStream(null);
			}
		}
	}

	/**
	 * Reads "Records: 3 Deleted: 0 Skipped: 0 Warnings: 0", in the server's language. The
	 * number of warnings in the protocol has only 16 bits.
	 */
	static int remarks(@Nullable String info, int rows) {
		Matcher numbers = REMARKS.matcher((info != null) ? NO_DIGITS.matcher(info).replaceAll(" ").strip() : "");
		return (numbers.matches() && numbers.group(1).equals(String.valueOf(rows))) ? Integer.parseInt(numbers.group(2))
				: INCOMPLETE;
	}

}
