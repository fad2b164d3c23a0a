package org.megaetl.pipeline;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AdapterThreads}.
 */
class AdapterThreadsTests {

	private final Pipelines pipelines = PipelinesTests.pipelines(Map.of());

	@Test
	void interruptsReadersWaitsForThemAndRunsThemAgain() {
		AtomicInteger starts = new AtomicInteger();
		AtomicInteger interrupts = new AtomicInteger();
		AdapterThreads threads = AdapterThreads.of("test", this.pipelines, List.of(() -> {
			starts.incrementAndGet();
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				interrupts.incrementAndGet();
			}
		}));
		for (int round = 1; round <= 2; round++) {
			int expected = round;
			threads.start();
			assertThat(threads.isRunning()).isTrue();
			await().until(() -> starts.get() == expected);
			CompletableFuture<Void> ended = new CompletableFuture<>();
			threads.stop(() -> ended.complete(null));
			await().until(ended::isDone);
			assertThat(interrupts).hasValue(expected);
			assertThat(threads.isRunning()).isFalse();
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void saysThatAReaderHasEnded(CapturedOutput output) {
		AdapterThreads threads = AdapterThreads.of("test", this.pipelines, List.of(() -> {
			throw new StackOverflowError("too deep");
		}));
		threads.start();
		await().until(() -> output.getOut().contains("A reader of the connector 'test' has ended"));
		assertThat(output).contains("too deep");
		threads.stop();
	}

}
