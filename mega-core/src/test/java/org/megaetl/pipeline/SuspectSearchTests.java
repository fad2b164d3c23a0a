package org.megaetl.pipeline;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.mysql.cj.jdbc.exceptions.MySQLTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.pipeline.SuspectSearch.OneByOne;
import org.megaetl.pipeline.SuspectSearch.Pause;
import org.megaetl.pipeline.SuspectSearch.Refuse;
import org.megaetl.pipeline.SuspectSearch.Split;
import org.megaetl.pipeline.SuspectSearch.Step;
import org.megaetl.pipeline.SuspectSearch.Wait;
import org.megaetl.sink.FailureKind;
import org.megaetl.sql.Row;

import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SuspectSearch}.
 */
class SuspectSearchTests {

	private static final SQLException CUT_OFF = new SQLException("gone", "08S01");

	private static final SQLException TIME_LIMIT = new SQLException("too long", "70100", 1969);

	private final PendingEvent first = written(1);

	private final PendingEvent second = written(2);

	private final AtomicInteger probes = new AtomicInteger();

	private boolean databaseWorks = true;

	private final SuspectSearch search = new SuspectSearch(() -> {
		this.probes.incrementAndGet();
		return this.databaseWorks;
	});

	@Test
	void splitsWhatCanBeSplit() {
		Step step = next(batch(this.first, this.second), null, CUT_OFF, false);
		assertThat(step).isInstanceOfSatisfying(Split.class,
				(split) -> assertThat(split.parts()).extracting(Batch::events)
					.containsExactly(List.of(this.first), List.of(this.second)));
	}

	@Test
	void triesEventByEventWhatCannotBeSplitAndThenWaits() {
		Batch batch = inseparable();
		assertThat(next(batch, null, CUT_OFF, false)).isEqualTo(new OneByOne());
		assertThat(this.search.next(batch, WriteMode.ONE_BY_ONE, null, CUT_OFF, false)).isEqualTo(new Wait());
	}

	@Test
	void refusesASuspectThatFailsForLongEnough() {
		for (long millis : new long[] { 250, 750, 2250, 6750 }) {
			assertThat(next(batch(this.first), null, CUT_OFF, false)).isEqualTo(new Pause(Duration.ofMillis(millis)));
		}
		assertThat(next(batch(this.first), null, CUT_OFF, false)).isEqualTo(new Refuse(this.first));
	}

	@Test
	void beginsAnewWithAnotherSuspect() {
		Batch batch = inseparable();
		next(batch, batch.events().get(0), CUT_OFF, false);
		assertThat(next(batch, batch.events().get(0), CUT_OFF, false)).isEqualTo(new Pause(Duration.ofMillis(750)));
		assertThat(next(batch, batch.events().get(1), CUT_OFF, false)).isEqualTo(new Pause(Duration.ofMillis(250)));
	}

	@Test
	void refusesAtOnceWhatIsCertain() {
		assertThat(next(batch(this.first), null, CUT_OFF, true)).isEqualTo(new Refuse(this.first));
		assertThat(next(batch(this.first, this.second), this.second, CUT_OFF, true)).isEqualTo(new Refuse(this.second));
	}

	/**
	 * A statement of MariaDB's, one of Connector/J's, and the read timeouts of both
	 * drivers.
	 */
	static Stream<SQLException> waitsForWhoeverMayHoldUpAStatement() {
		return Stream.of(TIME_LIMIT, new MySQLTimeoutException("cancelled"),
				new SQLException("gone", "08S01", new SocketTimeoutException()), new SQLException("batch", "08000", -1,
						new SQLException("gone", "08000", new SocketTimeoutException())));
	}

	@ParameterizedTest
	@MethodSource
	void waitsForWhoeverMayHoldUpAStatement(SQLException failure) {
		for (int i = 0; i < 10; i++) {
			assertThat(next(batch(this.first), null, failure, false)).isEqualTo(new Wait());
		}
	}

	@Test
	void beginsAnewAfterATimeLimit() {
		Batch batch = batch(this.first);
		for (int i = 0; i < 4; i++) {
			next(batch, null, CUT_OFF, false);
		}
		next(batch, null, TIME_LIMIT, false);
		assertThat(next(batch, null, CUT_OFF, false)).isEqualTo(new Pause(Duration.ofMillis(250)));
	}

	/**
	 * MariaDB's driver calls that a timeout.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1317, 1927 })
	void suspectsWhateverHasItselfKilled(int code) {
		assertThat(next(batch(this.first), null, new SQLTimeoutException("killed", "70100", code), false))
			.isEqualTo(new Pause(Duration.ofMillis(250)));
	}

	@Test
	void blamesNobodyWhileTheDatabaseDoesNotWork() {
		Batch batch = batch(this.first);
		assertThat(this.search.mayBlame(batch, CUT_OFF, FailureKind.TRANSIENT, false)).isTrue();
		assertThat(this.search.mayBlame(batch, CUT_OFF, FailureKind.UNKNOWN, false)).isTrue();
		this.databaseWorks = false;
		assertThat(this.search.mayBlame(batch, CUT_OFF, FailureKind.TRANSIENT, false)).isFalse();
		assertThat(this.search.mayBlame(batch, CUT_OFF, FailureKind.UNKNOWN, false)).isFalse();
		assertThat(this.search.mayBlame(batch, CUT_OFF, FailureKind.TOO_LARGE, true)).isTrue();
		assertThat(this.probes).hasValue(4);
	}

	@Test
	void doesNotAskTheDatabaseWhereNoEventCanBeAtFault() {
		PendingEvent skipped = new PendingEvent(this.first.event(), List.of(), null);
		assertThat(this.search.mayBlame(batch(skipped), CUT_OFF, FailureKind.UNKNOWN, true)).isFalse();
		SQLException deadlock = new SQLException("deadlock", "40001", 1213);
		assertThat(this.search.mayBlame(batch(this.first), deadlock, FailureKind.TRANSIENT, false)).isFalse();
		assertThat(this.search.mayBlame(batch(this.first), new CannotCreateTransactionException("no", CUT_OFF),
				FailureKind.TRANSIENT, false))
			.isFalse();
		assertThat(this.probes).hasValue(0);
	}

	private Step next(Batch batch, PendingEvent named, Exception failure, boolean certain) {
		return this.search.next(batch, WriteMode.TOGETHER, named, failure, certain);
	}

	private static Batch batch(PendingEvent... events) {
		return new Batch(List.of(events), List.of(), "push/1", BatchToken.random());
	}

	/**
	 * Both events are read again from the same position.
	 */
	private static Batch inseparable() {
		return new Batch(List.of(written(1), written(1)), List.of(new PositionAdvance("a", "1", "2", 1)), "pull/1",
				BatchToken.random());
	}

	private static PendingEvent written(int offset) {
		Event event = Event.from("test.events", new byte[0])
			.position(SourcePosition.of("a", Integer.toString(offset), Integer.toString(offset + 1)))
			.build();
		return new PendingEvent(event, List.of(Row.insert("item").set("id", offset)), null);
	}

}
