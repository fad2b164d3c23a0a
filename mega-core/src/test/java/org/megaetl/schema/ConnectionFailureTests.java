package org.megaetl.schema;

import java.io.EOFException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnectionFailure}.
 */
class ConnectionFailureTests {

	@ParameterizedTest
	@MethodSource
	void waits(SQLException failure) {
		assertThat(new ConnectionFailure(failure).isTemporary()).isTrue();
	}

	static Stream<SQLException> waits() {
		return Stream.of(new SQLException("Communications link failure", "08S01"),
				new SQLException("Too many connections", "08004", 1040),
				new SQLException("max_user_connections", "42000", 1203),
				new SQLException("Server shutdown in progress", "HY000", 1053),
				withCause(new SQLException("link failure", "08S01"), withCause(new SSLHandshakeException("closed"),
						new EOFException("SSL peer shut down incorrectly"))));
	}

	@ParameterizedTest
	@MethodSource
	void doesNotWait(SQLException failure) {
		assertThat(new ConnectionFailure(failure).isTemporary()).isFalse();
	}

	static Stream<SQLException> doesNotWait() {
		return Stream.of(new SQLException("Access denied", "28000", 1045),
				new SQLException("Unknown database", "42000", 1049),
				new SQLException("Access denied to database", "42000", 1044),
				new SQLException("Host is not allowed to connect", "HY000", 1130),
				new SQLTransientConnectionException("Connection is not available",
						new SQLException("Access denied", "28000", 1045)),
				withCause(new SQLException("link failure", "08S01"),
						withCause(new SSLHandshakeException("handshake"), new CertificateException("not trusted"))));
	}

	private static <T extends Throwable> T withCause(T exception, @Nullable Throwable cause) {
		exception.initCause(cause);
		return exception;
	}

}
