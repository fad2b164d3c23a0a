package org.megaetl.pipeline;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link PipelineMonitor}.
 */
@ExtendWith(OutputCaptureExtension.class)
class PipelineMonitorTests {

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final TestClock clock = new TestClock();

	private final PipelineMonitor monitor = new PipelineMonitor(new PipelineName("test", "events"), this.clock);

	@Test
	void countsAttemptsAndKeepsSinceWhenItRetries() {
		this.monitor.become(PipelineState.RUNNING, null);
		this.clock.now = START.plusSeconds(1);
		this.monitor.attemptFailed("connection refused");
		this.clock.now = START.plusSeconds(9);
		this.monitor.attemptFailed("read only");
		assertThat(this.monitor.status())
			.isEqualTo(new PipelineStatus(PipelineState.RETRYING, START.plusSeconds(1), "read only", 2));
	}

	@Test
	void logsAnOutageOnceAndItsEndWithTheNumberOfAttempts(CapturedOutput output) {
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.attemptFailed("connection refused");
		this.monitor.attemptFailed("connection refused");
		this.monitor.attemptFailed("connection refused");
		this.monitor.succeeded();
		this.monitor.succeeded();
		assertThat(output).containsOnlyOnce("Pipeline 'test.events' is retrying: connection refused")
			.containsOnlyOnce("Pipeline 'test.events' is running again after 3 failed attempts");
		assertThat(this.monitor.status()).isEqualTo(new PipelineStatus(PipelineState.RUNNING, START, null, 0));
	}

	@Test
	void retriesUntilNobodyTriesInVainAnyMore(CapturedOutput output) {
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.attemptFailed("a", "no table");
		this.monitor.attemptFailed("b", "read only");
		this.monitor.attemptFailed("c", "gone away");
		this.monitor.succeeded("another");
		assertThat(this.monitor.status()).isEqualTo(new PipelineStatus(PipelineState.RETRYING, START, "gone away", 3));
		this.monitor.succeeded("b");
		this.monitor.gone("c");
		assertThat(this.monitor.status()).isEqualTo(new PipelineStatus(PipelineState.RETRYING, START, "no table", 3));
		assertThat(output).doesNotContain("is running again");
		this.monitor.succeeded("a");
		assertThat(this.monitor.status()).isEqualTo(new PipelineStatus(PipelineState.RUNNING, START, null, 0));
	}

	@Test
	void forgetsInARestWhoTriedInVain() {
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.attemptFailed("a", "no table");
		this.monitor.become(PipelineState.PAUSED, "maintenance");
		this.monitor.resume();
		this.monitor.attemptFailed("b", "read only");
		this.monitor.succeeded("b");
		assertThat(this.monitor.is(PipelineState.RUNNING)).isTrue();
	}

	@Test
	void remembersItsLastEventAndItsLastErrorAfterItWorksAgain() {
		assertThat(this.monitor.activity()).isEqualTo(new PipelineActivity(null, null, null));
		this.monitor.become(PipelineState.RUNNING, null);
		this.clock.now = START.plusSeconds(1);
		this.monitor.attemptFailed("connection refused");
		this.clock.now = START.plusSeconds(9);
		this.monitor.settled();
		this.monitor.succeeded();
		assertThat(this.monitor.activity())
			.isEqualTo(new PipelineActivity(START.plusSeconds(9), START.plusSeconds(1), "connection refused"));
	}

	@Test
	void becomesAStateOnlyOnce() {
		assertThat(this.monitor.become(PipelineState.RUNNING, null)).isTrue();
		assertThat(this.monitor.become(PipelineState.PAUSED, "maintenance")).isTrue();
		assertThat(this.monitor.become(PipelineState.PAUSED, "another")).isFalse();
		assertThat(this.monitor.status().reason()).isEqualTo("maintenance");
	}

	@Test
	void refusesAChangeThatTheStateDoesNotAllow() {
		assertThatIllegalStateException().isThrownBy(() -> this.monitor.become(PipelineState.PAUSED, null))
			.withMessage("Pipeline 'test.events' is STARTING and cannot become PAUSED from there");
	}

	@ParameterizedTest
	@EnumSource(names = { "PAUSED", "FAILED", "RUNNING" })
	void runsWhenResumed(PipelineState state) {
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.become(state, "the reason");
		this.monitor.resume();
		assertThat(this.monitor.is(PipelineState.RUNNING)).isTrue();
	}

	@Test
	void anOperatorCannotResumeWhatIsNotStartedOrStopped() {
		assertThatIllegalStateException().isThrownBy(this.monitor::resume)
			.withMessageStartingWith("Pipeline 'test.events' is STARTING and cannot be resumed");
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.become(PipelineState.STOPPED, null);
		assertThatIllegalStateException().isThrownBy(this.monitor::resume)
			.withMessageStartingWith("Pipeline 'test.events' is STOPPED and cannot be resumed");
	}

	@Test
	void anOperatorCannotEndAnOutage() {
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.attemptFailed("connection refused");
		this.monitor.resume();
		assertThat(this.monitor.status())
			.isEqualTo(new PipelineStatus(PipelineState.RETRYING, START, "connection refused", 1));
	}

	@ParameterizedTest
	@EnumSource(names = { "PAUSED", "FAILED", "STOPPED" })
	void anAttemptStillUnderWayHidesNoReason(PipelineState state) {
		this.monitor.become(PipelineState.RUNNING, null);
		this.monitor.become(state, "the reason");
		PipelineStatus before = this.monitor.status();
		this.monitor.attemptFailed("connection refused");
		this.monitor.succeeded();
		assertThat(this.monitor.status()).isEqualTo(before);
	}

	private static final class TestClock extends Clock {

		private Instant now = START;

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

		@Override
		public Instant instant() {
			return this.now;
		}

	}

}
