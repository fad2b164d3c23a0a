package org.megaetl.sink;

import java.io.EOFException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DataRetrievalFailureException;
import org.springframework.dao.InvalidDataAccessApiUsageException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Classifies what MySQL, MariaDB and TiDB and their drivers throw. The most precise
 * witness is heard first: the database's own error code, then the driver's exception,
 * then the SQL state, and only where none of them is given, Spring's translation.
 */
final class SqlFailureClassifier {

	/**
	 * The drivers' exceptions, by name because each driver may be missing: those of
	 * Connector/J carry no code (and PacketTooBigException and a closed statement a
	 * misleading state), MariaDB's is the cause of one that looks like a lost connection.
	 */
	private static final Map<String, FailureKind> DRIVER_EXCEPTIONS = Map.ofEntries(
			Map.entry("com.mysql.cj.jdbc.exceptions.PacketTooBigException", FailureKind.TOO_LARGE),
			Map.entry("com.mysql.cj.exceptions.CJPacketTooBigException", FailureKind.TOO_LARGE),
			Map.entry("org.mariadb.jdbc.export.MaxAllowedPacketException", FailureKind.TOO_LARGE),
			Map.entry("com.mysql.cj.jdbc.exceptions.MySQLStatementCancelledException", FailureKind.TRANSIENT),
			Map.entry("com.mysql.cj.exceptions.OperationCancelledException", FailureKind.TRANSIENT),
			Map.entry("com.mysql.cj.exceptions.CJTimeoutException", FailureKind.TRANSIENT),
			Map.entry("com.mysql.cj.exceptions.CJCommunicationsException", FailureKind.TRANSIENT),
			Map.entry("com.mysql.cj.exceptions.ConnectionIsClosedException", FailureKind.TRANSIENT),
			Map.entry("com.mysql.cj.exceptions.StatementIsClosedException", FailureKind.TRANSIENT),
			Map.entry("com.mysql.cj.exceptions.UnableToConnectException", FailureKind.TRANSIENT));

	/**
	 * What Connector/J lets out, untranslated, of a value that it cannot convert.
	 */
	private static final Set<String> DRIVER_ARGUMENT_EXCEPTIONS = Set.of(
			"com.mysql.cj.exceptions.WrongArgumentException", "com.mysql.cj.exceptions.DataConversionException",
			"com.mysql.cj.exceptions.NumberOutOfRange");

	/**
	 * SQL states, and where the last three digits do not matter, their classes. 42 is not
	 * among them: it is grammar, but also privileges and limits of an account.
	 */
	private static final Map<String, FailureKind> STATES = Map.ofEntries(
			// connection
			Map.entry("08", FailureKind.TRANSIENT),
			// transaction rolled back
			Map.entry("40", FailureKind.TRANSIENT),
			// read-only transaction
			Map.entry("25006", FailureKind.TRANSIENT),
			// interrupted
			Map.entry("70100", FailureKind.TRANSIENT),
			// Connector/J: bad connection property
			Map.entry("01S00", FailureKind.OPERATOR),
			// authorisation
			Map.entry("28", FailureKind.OPERATOR),
			// no database
			Map.entry("3D", FailureKind.OPERATOR),
			// no table
			Map.entry("42S02", FailureKind.OPERATOR),
			// no column
			Map.entry("42S22", FailureKind.OPERATOR),
			// parameter not set
			Map.entry("07", FailureKind.PERMANENT),
			// not supported
			Map.entry("0A", FailureKind.PERMANENT),
			// cardinality
			Map.entry("21", FailureKind.PERMANENT),
			// data
			Map.entry("22", FailureKind.PERMANENT),
			// constraint
			Map.entry("23", FailureKind.PERMANENT),
			// WITH CHECK OPTION
			Map.entry("44", FailureKind.PERMANENT),
			// SIGNAL
			Map.entry("45", FailureKind.PERMANENT),
			// Connector/J: no such parameter
			Map.entry("S1002", FailureKind.PERMANENT),
			// Connector/J: illegal argument
			Map.entry("S1009", FailureKind.PERMANENT),
			// Connector/J: not supported
			Map.entry("S1C00", FailureKind.PERMANENT));

	private final SQLExceptionSubclassTranslator translator = new SQLExceptionSubclassTranslator();

	FailureKind classify(Throwable failure) {
		FailureChain chain = FailureChain.of(failure);
		List<SQLException> sqlExceptions = chain.sqlExceptions();
		List<Throwable> failures = chain.failures().toList();
		if (sqlExceptions.isEmpty()) {
			return firstKnown(mostCautious(failures, SqlFailureClassifier::byDriverException),
					mostCautious(failures, SqlFailureClassifier::byType));
		}
		return firstKnown(mostCautious(sqlExceptions, SqlFailureClassifier::byCode),
				mostCautious(failures, SqlFailureClassifier::byDriverException),
				mostCautious(sqlExceptions, SqlFailureClassifier::byMessage),
				mostCautious(sqlExceptions, SqlFailureClassifier::byState),
				mostCautious(failures, SqlFailureClassifier::byConnection),
				mostCautious(sqlExceptions, this::byTranslation));
	}

	private static FailureKind firstKnown(@Nullable FailureKind... kinds) {
		for (FailureKind kind : kinds) {
			if (kind != null) {
				return kind;
			}
		}
		return FailureKind.UNKNOWN;
	}

	private static <T extends Throwable> @Nullable FailureKind mostCautious(Collection<T> failures,
			Function<T, @Nullable FailureKind> classifier) {
		Set<FailureKind> kinds = EnumSet.noneOf(FailureKind.class);
		failures.forEach((failure) -> {
			FailureKind kind = classifier.apply(failure);
			if (kind != null) {
				kinds.add(kind);
			}
		});
		return kinds.isEmpty() ? null : kinds.iterator().next();
	}

	private static @Nullable FailureKind byCode(SQLException failure) {
		return SqlErrorCodes.kind(failure.getErrorCode(), message(failure));
	}

	private static @Nullable FailureKind byDriverException(Throwable failure) {
		for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) {
			FailureKind kind = DRIVER_EXCEPTIONS.get(type.getName());
			if (kind != null) {
				return kind;
			}
		}
		return null;
	}

	/**
	 * Closed and read-only connections, of which Connector/J says "illegal argument" and
	 * HikariCP no state at all.
	 */
	private static @Nullable FailureKind byMessage(SQLException failure) {
		String state = failure.getSQLState();
		String message = message(failure);
		if (state == null) {
			return (message.endsWith("is closed") || message.endsWith("has been closed.")) ? FailureKind.TRANSIENT
					: null;
		}
		return (state.equals("S1009")
				&& (message.contains("after statement closed") || message.startsWith("Connection is read-only")))
						? FailureKind.TRANSIENT : null;
	}

	private static @Nullable FailureKind byState(SQLException failure) {
		String state = failure.getSQLState();
		if (state == null || state.length() != 5) {
			return null;
		}
		FailureKind kind = STATES.get(state);
		return (kind != null) ? kind : STATES.get(state.substring(0, 2));
	}

	/**
	 * What broke the connection, below an exception of the driver. Alone it would say
	 * nothing: a user's code has files and remote services of its own.
	 */
	private static @Nullable FailureKind byConnection(Throwable failure) {
		return (failure instanceof SocketException || failure instanceof InterruptedIOException
				|| failure instanceof EOFException || failure instanceof SSLException
				|| failure instanceof InterruptedException) ? FailureKind.TRANSIENT : null;
	}

	/**
	 * Only without a state: MariaDB's driver throws a "transient connection" exception
	 * for every state that it does not know, SIGNAL's among them, and Spring believes it.
	 */
	private @Nullable FailureKind byTranslation(SQLException failure) {
		if (failure.getSQLState() != null) {
			return null;
		}
		DataAccessException translated = this.translator.translate("write", null, failure);
		return (translated != null) ? byType(translated) : null;
	}

	private static @Nullable FailureKind byType(Throwable failure) {
		if (failure instanceof TransientDataAccessException || failure instanceof RecoverableDataAccessException
				|| failure instanceof DataAccessResourceFailureException) {
			return FailureKind.TRANSIENT;
		}
		if (failure instanceof PermissionDeniedDataAccessException) {
			return FailureKind.OPERATOR;
		}
		// the last four are thrown where a value is bound or a statement is rendered
		if (failure instanceof DataIntegrityViolationException || failure instanceof DataRetrievalFailureException
				|| failure instanceof InvalidDataAccessApiUsageException || failure instanceof IllegalArgumentException
				|| failure instanceof IllegalStateException || failure instanceof DateTimeException
				|| DRIVER_ARGUMENT_EXCEPTIONS.contains(failure.getClass().getName())) {
			return FailureKind.PERMANENT;
		}
		return null;
	}

	private static String message(SQLException failure) {
		return Objects.requireNonNullElse(failure.getMessage(), "");
	}

}
