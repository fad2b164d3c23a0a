package org.megaetl.schema;

import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;

/**
 * What a failed attempt to connect means: that the database is away and may come, or that
 * the configuration is wrong and no waiting helps.
 */
final class ConnectionFailure {

	private static final int ACCESS_TO_DATABASE_DENIED = 1044;

	private static final int UNKNOWN_DATABASE = 1049;

	/** Access denied: by password, and by an authentication plugin. */
	private static final Set<Integer> ACCESS_DENIED = Set.of(1045, 1698);

	/** Too many connections: of the server, of the user, and of the user's quota. */
	private static final Set<Integer> TOO_MANY_CONNECTIONS = Set.of(1040, 1203, 1226);

	private static final int SERVER_SHUTDOWN = 1053;

	private final SQLException exception;

	private final List<SQLException> chain = new ArrayList<>();

	private final boolean refused;

	private final boolean untrusted;

	ConnectionFailure(SQLException exception) {
		this.exception = exception;
		boolean securityFailure = false;
		for (Throwable cause = exception; cause != null; cause = cause.getCause()) {
			if (cause instanceof SQLException sqlException) {
				this.chain.add(sqlException);
			}
			// the TLS handshake itself also fails when a server goes away in the middle
			// of it
			securityFailure |= cause instanceof GeneralSecurityException;
		}
		this.untrusted = securityFailure;
		this.refused = find(ACCESS_TO_DATABASE_DENIED) || find(UNKNOWN_DATABASE) || isAccessDenied();
	}

	/**
	 * Returns whether the same attempt may succeed later.
	 * @return whether to wait
	 */
	boolean isTemporary() {
		if (this.refused || this.untrusted) {
			return false;
		}
		return this.chain.stream()
			.anyMatch((ex) -> ex instanceof SQLTransientException || ex instanceof SQLRecoverableException
					|| startsWith(ex.getSQLState(), "08") || TOO_MANY_CONNECTIONS.contains(ex.getErrorCode())
					|| ex.getErrorCode() == SERVER_SHUTDOWN);
	}

	/**
	 * Returns what the innermost cause says, in one line: the driver's own message for
	 * all network failures is the same.
	 * @return the message
	 */
	String message() {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(this.exception);
		String message = (cause.getMessage() != null) ? cause.getMessage().strip().replaceAll("\\s+", " ") : "";
		return (cause instanceof SQLException) ? message : cause.getClass().getSimpleName() + ": " + message;
	}

	/**
	 * Returns what to do about it.
	 * @return a sentence in the imperative
	 */
	String action() {
		if (isAccessDenied()) {
			return "Correct 'spring.datasource.username' and 'spring.datasource.password' (or the user and password in "
					+ "DATABASE_URL), or create that user in the database.";
		}
		if (find(UNKNOWN_DATABASE)) {
			return "Create the database, or correct its name at the end of 'spring.datasource.url' (or DATABASE_URL).";
		}
		if (find(ACCESS_TO_DATABASE_DENIED)) {
			return "Grant the user all privileges on the database, or correct its name at the end of "
					+ "'spring.datasource.url' (or DATABASE_URL).";
		}
		if (this.untrusted) {
			return "Make the server's certificate one that this Java trusts, or correct the TLS parameters of "
					+ "'spring.datasource.url' (or DATABASE_URL).";
		}
		return "Correct 'spring.datasource.url' (or DATABASE_URL), or put right on the server what its message says.";
	}

	private boolean isAccessDenied() {
		return this.chain.stream()
			.anyMatch((ex) -> startsWith(ex.getSQLState(), "28") || ACCESS_DENIED.contains(ex.getErrorCode()));
	}

	private boolean find(int errorCode) {
		return this.chain.stream().anyMatch((ex) -> ex.getErrorCode() == errorCode);
	}

	private static boolean startsWith(@Nullable String sqlState, String sqlStateClass) {
		return sqlState != null && sqlState.startsWith(sqlStateClass);
	}

}
