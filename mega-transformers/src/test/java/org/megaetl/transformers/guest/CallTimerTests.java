package org.megaetl.transformers.guest;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.megaetl.transformers.guest.CallTimer.Call;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CallTimer}.
 */
class CallTimerTests {

	private final CallTimer timer = new CallTimer();

	private final CountDownLatch ended = new CountDownLatch(1);

	@AfterEach
	void closeTimer() {
		this.timer.close();
	}

	@Test
	void endsACallThatComputes() {
		try (Call call = this.timer.register((caller) -> this.ended.countDown())) {
			call.begin(Duration.ofMillis(50));
			while (this.ended.getCount() > 0) {
				Thread.onSpinWait();
			}
			assertThat(call.end()).isTrue();
		}
	}

	@Test
	void letsACallThatGetsNoProcessorGoOnForAWhile() throws InterruptedException {
		try (Call call = this.timer.register((caller) -> this.ended.countDown())) {
			call.begin(Duration.ofMillis(800));
			assertThat(this.ended.await(2, TimeUnit.SECONDS)).isFalse();
			assertThat(call.end()).isFalse();
		}
	}

	@Test
	void endsACallThatWaitsForever() throws InterruptedException {
		try (Call call = this.timer.register((caller) -> this.ended.countDown())) {
			call.begin(Duration.ofMillis(20));
			assertThat(this.ended.await(60, TimeUnit.SECONDS)).isTrue();
			assertThat(call.end()).isTrue();
		}
	}

	@Test
	void triesAgainToEndACallAndEndsOthersAfterAnErrorAsWhenNoThreadCanBeStarted() throws InterruptedException {
		CountDownLatch attempts = new CountDownLatch(3);
		try (Call unending = this.timer.register((caller) -> {
			attempts.countDown();
			throw new OutOfMemoryError("unable to create native thread");
		}); Call other = this.timer.register((caller) -> this.ended.countDown())) {
			unending.begin(Duration.ofMillis(20));
			assertThat(attempts.await(60, TimeUnit.SECONDS)).isTrue();
			other.begin(Duration.ofMillis(20));
			assertThat(this.ended.await(60, TimeUnit.SECONDS)).isTrue();
			assertThat(other.end()).isTrue();
			assertThat(unending.end()).isFalse();
		}
	}

}
