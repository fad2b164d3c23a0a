package org.megaetl.sink;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What the database said when it refused, for logs and dead letters.
 *
 * @param sqlState the SQL state, five characters, or {@code null} if there is none
 * @param vendorCode the database's error code, or 0 if the failure is the driver's own
 * @param message the database's or driver's message; may contain values of rows
 */
public record SqlFailure(@Nullable String sqlState, int vendorCode, String message) {

	private static final String REDACTED = "?";

	/** Those without a state of class 40; the last three are TiDB's write conflicts. */
	private static final Set<Integer> LOCK_CONFLICTS = Set.of(1205, 1020, 3572, 8002, 8005, 9007);

	private static final int LOCK_TABLE_FULL = 1206;

	/** MariaDB's, as the next. */
	private static final int STATEMENT_TIME = 1969;

	/** Those that some servers have without a state of class 22. */
	private static final Set<Integer> OF_VALUES = Set.of(1048, 1264, 1265, 1292, 1366, 1406);

	/**
	 * The statement, which the drivers append if {@code dumpQueriesOnException} is on.
	 */
	private static final Pattern STATEMENT = Pattern
		.compile("\\s*\\n(Query is: |Query being executed when exception was thrown:).*", Pattern.DOTALL);

	private static final Pattern ROW = Pattern.compile(" at row (\\d{1,9})\\.?\\s*$");

	/** What comes before the words of another failure, of which nothing is known. */
	static final String FAILED_WITH = "as a statement failed: ";

	/** Values that the databases do not quote, and the words of another failure. */
	private static final Pattern UNQUOTED = Pattern
		.compile("(?<=partition for value |impossible for )[^'].*$|(?<=" + FAILED_WITH + ").*$", Pattern.DOTALL);

	private static final Pattern QUOTE = Pattern.compile("(?<![\\p{L}\\p{N}])['\"]");

	/**
	 * The words before a quoted name. All that is quoted after other words is a value.
	 */
	private static final Pattern NAME_COMES = Pattern.compile(
			"(?:column|field|key|table|index|constraint|partition|view|trigger|database|schema|procedure|function)\\s$",
			Pattern.CASE_INSENSITIVE);

	/**
	 * What follows the last value and has quotes itself. A value may look like this too,
	 * so only the end of the message counts.
	 */
	private static final Pattern NAMED_END = Pattern
		.compile("(?:^|.*)(['\"])( for (?:column|key|function) '[^']*'(?: at row \\d+)?\\.?\\s*)$", Pattern.DOTALL);

	/**
	 * Finds what the database said: of the failure and its causes, the deepest exception
	 * that has an error code, else the deepest with an SQL state, else the deepest.
	 * @param failure a failed write
	 * @return what the database or its driver said, or {@code null} if neither was
	 * involved
	 */
	public static @Nullable SqlFailure of(Throwable failure) {
		List<SQLException> exceptions = FailureChain.of(failure).sqlExceptions();
		SQLException best = null;
		for (SQLException exception : exceptions) {
			if (best == null || precision(exception) >= precision(best)) {
				best = exception;
			}
		}
		return (best != null) ? ofOne(best) : null;
	}

	/**
	 * Returns what one exception says, whatever its causes do.
	 */
	static SqlFailure ofOne(SQLException exception) {
		return new SqlFailure(exception.getSQLState(), Math.max(0, exception.getErrorCode()),
				(exception.getMessage() != null) ? exception.getMessage() : exception.getClass().getName());
	}

	/**
	 * Returns whether the server may have ended the transaction as a statement failed.
	 * @param failure what the statement failed with
	 * @return whether the transaction cannot go on
	 */
	public static boolean mayHaveEndedTransaction(Throwable failure) {
		SqlFailure found = of(failure);
		return found != null && (found.isLockConflict() || found.isCutOff() || found.vendorCode == LOCK_TABLE_FULL);
	}

	/**
	 * Returns a failure in a few words, for states and logs: what the database said, or
	 * what the exception says.
	 * @param failure what was thrown
	 * @return one line
	 */
	public static String describe(Throwable failure) {
		SqlFailure found = of(failure);
		String message = (found != null) ? found.message : failure.getMessage();
		return ((message != null) ? message : failure.getClass().getName()).lines().findFirst().orElse("");
	}

	/**
	 * Returns whether the statement was cut off: the connection was lost, or the
	 * statement or connection killed.
	 * @return {@code true} for the SQL states of class 08 and 70100
	 */
	public boolean isCutOff() {
		return isInterruption() || isConnectionLost();
	}

	/**
	 * Returns whether the connection was lost.
	 * @return {@code true} for the SQL states of class 08
	 */
	boolean isConnectionLost() {
		return this.sqlState != null && this.sqlState.startsWith("08");
	}

	/**
	 * Returns whether the server takes no writes, or not on this connection, as one that
	 * was the primary before a failover.
	 */
	boolean isReadOnly() {
		return SqlErrorCodes.isReadOnly(this.vendorCode, this.message);
	}

	/**
	 * Returns whether the statement was interrupted, or took longer than the server
	 * allows, which leaves its transaction as it is unless the connection was killed too.
	 * @return {@code true} for the SQL state 70100
	 */
	boolean isInterruption() {
		return "70100".equals(this.sqlState);
	}

	/**
	 * Returns whether another transaction was in the way, so that trying again at once is
	 * worth it.
	 * @return {@code true} for a deadlock, a lock that was waited for too long, a lost
	 * certification or a write conflict
	 */
	public boolean isLockConflict() {
		return LOCK_CONFLICTS.contains(this.vendorCode) || (this.sqlState != null && this.sqlState.startsWith("40"));
	}

	/**
	 * Returns whether the row's own values were refused, whatever other rows there are.
	 * @return {@code true} for values that are too long, out of range or of another form,
	 * and for NULL in a column that must have a value
	 */
	public boolean isOfValue() {
		return OF_VALUES.contains(this.vendorCode) || (this.sqlState != null && this.sqlState.startsWith("22"));
	}

	/**
	 * Returns whether the statement took longer than the server, the driver or the
	 * network's time limit allows, which may be another transaction's doing.
	 * @param failure what the statement failed with
	 * @return {@code true} for MariaDB's {@code max_statement_time}, and for a query
	 * timeout and {@code socketTimeout} of the drivers
	 */
	public static boolean isTimeLimit(Throwable failure) {
		return FailureChain.of(failure).failures().anyMatch(SqlFailure::isTimeout);
	}

	private static boolean isTimeout(Throwable failure) {
		// MariaDB's driver calls by the JDK's own name whatever is interrupted, also what
		// somebody kills
		return failure instanceof SocketTimeoutException
				|| (failure instanceof SQLTimeoutException && failure.getClass() != SQLTimeoutException.class)
				|| (failure instanceof SQLException exception && exception.getErrorCode() == STATEMENT_TIME);
	}

	private static int precision(SQLException exception) {
		if (exception.getErrorCode() > 0) {
			return 2;
		}
		return (exception.getSQLState() != null) ? 1 : 0;
	}

	/**
	 * Returns the same without values of rows. Names of columns, keys and tables stay;
	 * where it is not clear which of the two a text is, it goes, and so does the whole
	 * message of a SIGNAL, which is the user's own text.
	 * @return the failure with each value replaced by {@code ?}
	 */
	public SqlFailure redacted() {
		boolean signal = this.vendorCode == 1644 || (this.sqlState != null && this.sqlState.startsWith("45"));
		return new SqlFailure(this.sqlState, this.vendorCode, signal ? REDACTED : redact(this.message));
	}

	/**
	 * Replaces what is quoted in a message by {@code ?}, but for names, and the values
	 * that the databases are known not to quote.
	 * @param message a message of a database, a driver or a conversion
	 * @return the message without the values that can be recognised
	 */
	public static String redact(String message) {
		String text = STATEMENT.matcher(message).replaceFirst("");
		text = UNQUOTED.matcher(text).replaceFirst(REDACTED);
		StringBuilder redacted = new StringBuilder();
		int position = 0;
		Matcher quote = QUOTE.matcher(text);
		while (quote.find(position)) {
			int start = quote.start();
			redacted.append(text, position, start);
			int end = isName(text, start) ? text.indexOf(text.charAt(start), start + 1) : -1;
			if (end > 0) {
				redacted.append(text, start, end + 1);
			}
			else {
				end = endOfValue(text, start);
				redacted.append(text.charAt(start)).append(REDACTED).append(text.charAt(start));
			}
			position = end + 1;
			if (position >= text.length()) {
				return redacted.toString();
			}
		}
		return redacted.append(text, position, text.length()).toString();
	}

	/**
	 * Returns which row of a multi-row statement the database names ("at row 3"). A hint
	 * only: duplicates and foreign keys come without it.
	 * @return the row's place in its statement, from 1, or empty
	 */
	public OptionalInt row() {
		Matcher matcher = ROW.matcher(STATEMENT.matcher(this.message).replaceFirst(""));
		return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
	}

	private static boolean isName(String text, int quote) {
		return NAME_COMES.matcher(text.substring(0, quote)).find();
	}

	/**
	 * The value may contain quotes, so it ends at the last one that can close it; without
	 * one, with the message.
	 */
	private static int endOfValue(String text, int start) {
		Matcher end = NAMED_END.matcher(text.substring(start + 1));
		if (end.matches()) {
			return start + 1 + end.start(1);
		}
		int last = text.lastIndexOf(text.charAt(start));
		return (last > start) ? last : text.length() - 1;
	}

}
