package org.megaetl.sink;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.DateTimeException;
import java.util.List;
import java.util.stream.Stream;

import com.mysql.cj.exceptions.CJCommunicationsException;
import com.mysql.cj.exceptions.CJPacketTooBigException;
import com.mysql.cj.exceptions.OperationCancelledException;
import com.mysql.cj.exceptions.StatementIsClosedException;
import com.mysql.cj.exceptions.UnableToConnectException;
import com.mysql.cj.exceptions.WrongArgumentException;
import com.mysql.cj.jdbc.exceptions.CommunicationsException;
import com.mysql.cj.jdbc.exceptions.MySQLStatementCancelledException;
import com.mysql.cj.jdbc.exceptions.MySQLTimeoutException;
import com.mysql.cj.jdbc.exceptions.MysqlDataTruncation;
import com.mysql.cj.jdbc.exceptions.PacketTooBigException;
import com.mysql.cj.jdbc.exceptions.SQLExceptionsMapping;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.dao.CannotAcquireLockException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.EmptyResultDataAccessException;
import org.springframework.dao.PermissionDeniedDataAccessException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.UncategorizedSQLException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class SqlFailureClassifierTests {

	private final SqlFailureClassifier classifier = new SqlFailureClassifier();

	/**
	 * SQL states of codes that are not known. Sources: SQL:2016 part 2, table 38, for the
	 * classes; MySQL's table of "Server SQLSTATE Values"; "SQLSTATE_CONNJ" in
	 * Connector/J's MysqlErrorNumbers for S1...; MariaDB Connector/J's ExceptionFactory
	 * for HZ000.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			08S01 | TRANSIENT
			08004 | TRANSIENT
			08007 | TRANSIENT
			40001 | TRANSIENT
			25006 | TRANSIENT
			70100 | TRANSIENT
			28000 | OPERATOR
			3D000 | OPERATOR
			01S00 | OPERATOR
			42S02 | OPERATOR
			42S22 | OPERATOR
			07001 | PERMANENT
			07004 | PERMANENT
			0A000 | PERMANENT
			21S01 | PERMANENT
			22032 | PERMANENT
			23000 | PERMANENT
			44000 | PERMANENT
			45000 | PERMANENT
			45999 | PERMANENT
			S1002 | PERMANENT
			S1009 | PERMANENT
			S1C00 | PERMANENT
			42000 | UNKNOWN
			S1000 | UNKNOWN
			HY000 | UNKNOWN
			HZ000 | UNKNOWN
			99    | UNKNOWN
			""")
	void fallsBackToTheState(String state, FailureKind kind) {
		assertThat(this.classifier.classify(new SQLException("unheard of", state, 7777))).isEqualTo(kind);
	}

	@Test
	void doesNotBelieveTheTypeThatTheMariaDbDriverGivesToStatesItDoesNotKnow() {
		assertThat(this.classifier.classify(new SQLTransientConnectionException("(conn=3) no", "45000", 1644)))
			.isEqualTo(FailureKind.PERMANENT);
		assertThat(this.classifier.classify(new SQLTransientConnectionException("(conn=3) no", "0K000", 1645)))
			.isEqualTo(FailureKind.UNKNOWN);
	}

	@ParameterizedTest
	@MethodSource
	void knowsTheDriversExceptions(Throwable failure, FailureKind kind) {
		assertThat(this.classifier.classify(failure)).isEqualTo(kind);
	}

	static Stream<Arguments> knowsTheDriversExceptions() {
		return Stream.of(
				arguments(new CommunicationsException("Communications link failure", new EOFException()),
						FailureKind.TRANSIENT),
				arguments(new PacketTooBigException(70_000_000, 67_108_864), FailureKind.TOO_LARGE),
				arguments(new CJPacketTooBigException("Packet for query is too large"), FailureKind.TOO_LARGE),
				arguments(new MysqlDataTruncation("Data too long for column 'c' at row 3", 0, false, false, 0, 0, 1406),
						FailureKind.PERMANENT),
				arguments(new MySQLTimeoutException(), FailureKind.TRANSIENT),
				arguments(new MySQLStatementCancelledException(), FailureKind.TRANSIENT),
				arguments(new CJCommunicationsException("Communications link failure"), FailureKind.TRANSIENT),
				arguments(new OperationCancelledException(), FailureKind.TRANSIENT),
				arguments(new UnableToConnectException(), FailureKind.TRANSIENT),
				arguments(new WrongArgumentException("Value out of range"), FailureKind.PERMANENT),
				arguments(SQLExceptionsMapping.translateException(new WrongArgumentException("Value out of range")),
						FailureKind.PERMANENT),
				// the watchdog aborted the connection while the statement was being bound
				arguments(
						SQLExceptionsMapping.translateException(
								new StatementIsClosedException("No operations allowed after statement closed.")),
						FailureKind.TRANSIENT));
	}

	@ParameterizedTest
	@MethodSource
	void knowsExceptionsWithoutCodeAndState(Throwable failure, FailureKind kind) {
		assertThat(this.classifier.classify(failure)).isEqualTo(kind);
	}

	static Stream<Arguments> knowsExceptionsWithoutCodeAndState() {
		return Stream.of(
				arguments(new SQLTransientConnectionException("pool - Connection is not available, request timed out"),
						FailureKind.TRANSIENT),
				arguments(new SQLRecoverableException(), FailureKind.TRANSIENT),
				arguments(new SQLTimeoutException(), FailureKind.TRANSIENT),
				arguments(new SQLIntegrityConstraintViolationException(), FailureKind.PERMANENT),
				arguments(new SQLFeatureNotSupportedException(), FailureKind.PERMANENT),
				arguments(new SQLException("Connection is closed"), FailureKind.TRANSIENT),
				arguments(new SQLException("HikariDataSource HikariDataSource (pool) has been closed."),
						FailureKind.TRANSIENT),
				arguments(new SQLException("no idea", new ConnectException("refused")), FailureKind.TRANSIENT),
				arguments(new SQLException("no idea", new SocketTimeoutException()), FailureKind.TRANSIENT),
				arguments(new SQLException("pool - Interrupted during connection acquisition",
						new InterruptedException()), FailureKind.TRANSIENT),
				arguments(new SQLException("no idea"), FailureKind.UNKNOWN));
	}

	@ParameterizedTest
	@MethodSource
	void knowsWhatIsNotFromJdbc(Throwable failure, FailureKind kind) {
		assertThat(this.classifier.classify(failure)).isEqualTo(kind);
	}

	static Stream<Arguments> knowsWhatIsNotFromJdbc() {
		return Stream.of(arguments(new CannotGetJdbcConnectionException("pool"), FailureKind.TRANSIENT),
				arguments(new CannotAcquireLockException("lock"), FailureKind.TRANSIENT),
				arguments(new RecoverableDataAccessException("again"), FailureKind.TRANSIENT),
				arguments(new PermissionDeniedDataAccessException("no", new RuntimeException()), FailureKind.OPERATOR),
				arguments(new DuplicateKeyException("twice"), FailureKind.PERMANENT),
				arguments(new EmptyResultDataAccessException(1), FailureKind.PERMANENT),
				arguments(new IllegalArgumentException("A value of type java.lang.Object cannot be bound"),
						FailureKind.PERMANENT),
				arguments(new IllegalStateException("A row for table 'orders' has no columns"), FailureKind.PERMANENT),
				arguments(new RuntimeException(new NumberFormatException("x")), FailureKind.PERMANENT),
				arguments(new DateTimeException("Invalid value for Year"), FailureKind.PERMANENT),
				// a user's own service or file, not the database
				arguments(new UncheckedIOException(new ConnectException("refused")), FailureKind.UNKNOWN),
				arguments(new UncheckedIOException(new IOException("malformed")), FailureKind.UNKNOWN),
				arguments(new NullPointerException(), FailureKind.UNKNOWN));
	}

	@Test
	void findsTheDatabasesCodeAmongTheCauses() {
		SQLException missing = new SQLException("Table 'shop.orders' doesn't exist", "42S02", 1146);
		assertThat(
				this.classifier.classify(new IllegalStateException(new UncategorizedSQLException("x", "y", missing))))
			.isEqualTo(FailureKind.OPERATOR);
	}

	@Test
	void findsTheReasonOfAPoolThatHasNoConnection() {
		SQLException timeout = new SQLTransientConnectionException("pool - Connection is not available", "28000");
		timeout.setNextException(new SQLException("Access denied for user 'x'@'y'", "28000", 1045));
		assertThat(this.classifier.classify(new CannotGetJdbcConnectionException("no", timeout)))
			.isEqualTo(FailureKind.OPERATOR);
	}

	@Test
	void findsTheReasonOfABatch() {
		BatchUpdateException batch = new BatchUpdateException(new int[] { 1, -3 });
		batch.setNextException(new SQLException("Data too long for column 'a' at row 1", "22001", 1406));
		assertThat(this.classifier.classify(batch)).isEqualTo(FailureKind.PERMANENT);
	}

	@Test
	void believesTheMostCautiousOfSeveralCodes() {
		SQLException duplicate = new SQLException("Duplicate entry", "23000", 1062);
		duplicate.setNextException(new SQLException("Deadlock found", "40001", 1213));
		assertThat(this.classifier.classify(duplicate)).isEqualTo(FailureKind.TRANSIENT);
	}

	@Test
	void doesNotTakeATooLargePacketForALostConnection() {
		assertThat(this.classifier.classify(new SQLNonTransientConnectionException("Packet too big", "08S01", 1153)))
			.isEqualTo(FailureKind.TOO_LARGE);
	}

	@Test
	void ignoresWhatIsSuppressed() {
		SQLException duplicate = new SQLException("Duplicate entry", "23000", 1062);
		duplicate.addSuppressed(new SQLException("Communications link failure", "08S01"));
		assertThat(this.classifier.classify(duplicate)).isEqualTo(FailureKind.PERMANENT);
	}

	@Test
	void endsWhereCausesGoInACircle() {
		SQLException first = new SQLException("first");
		SQLException second = new SQLException("second", first);
		first.initCause(second);
		first.setNextException(second);
		assertThat(this.classifier.classify(first)).isEqualTo(FailureKind.UNKNOWN);
	}

	@Test
	void asksTheApplicationsClassifiersFirstAndInOrder() {
		FailureClassifier silent = (failure) -> null;
		FailureClassifier proxy = (failure) -> {
			SqlFailure sql = SqlFailure.of(failure);
			return (sql != null && sql.vendorCode() == 9999) ? FailureKind.TRANSIENT : null;
		};
		FailureClassifier all = (failure) -> FailureKind.OPERATOR;
		SQLException custom = new SQLException("shard is moving", "HY000", 9999);
		SQLException duplicate = new SQLException("Duplicate entry", "23000", 1062);
		assertThat(new FailureClassifiers(List.of()).classify(custom)).isEqualTo(FailureKind.UNKNOWN);
		assertThat(new FailureClassifiers(List.of(silent, proxy)).classify(custom)).isEqualTo(FailureKind.TRANSIENT);
		assertThat(new FailureClassifiers(List.of(silent, proxy)).classify(duplicate)).isEqualTo(FailureKind.PERMANENT);
		assertThat(new FailureClassifiers(List.of(proxy, all)).classify(custom)).isEqualTo(FailureKind.TRANSIENT);
		assertThat(new FailureClassifiers(List.of(proxy, all)).classify(duplicate)).isEqualTo(FailureKind.OPERATOR);
		assertThat(new FailureClassifiers(List.of()).classify(new DataIntegrityViolationException("x", duplicate)))
			.isEqualTo(FailureKind.PERMANENT);
	}

}
