package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.megaetl.config.Namespace;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.GroupCommitter.BatchWriter;
import org.megaetl.pipeline.GroupCommitter.Recovery;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link GroupCommitter}.
 */
class GroupCommitterTests {

	private static final Duration SOON = Duration.ofSeconds(20);

	private static final BatchWriter WRITES_ALL = (writer, events, settled) -> settled.accept(events,
			events.stream().<EventOutcome>map((event) -> new Written()).toList());

	@Test
	void refusesWhatAWriterLeavesUnsettledAfterTheStop() {
		CompletableFuture<Void> writing = new CompletableFuture<>();
		CompletableFuture<Void> release = new CompletableFuture<>();
		GroupCommitter committer = started((writer, events, settled) -> {
			writing.complete(null);
			// an interrupt does not end it, as a driver that reads from a socket
			release.join();
		});
		CompletableFuture<List<EventOutcome>> outcome = committer.submit(events(1), null);
		writing.join();
		committer.stop(Duration.ofMillis(10));
		release.complete(null);
		assertThat(outcome).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(PipelineUnavailableException.class);
	}

	@Test
	void anErrorEndsNoWriter() {
		AtomicBoolean failed = new AtomicBoolean();
		CompletableFuture<Void> tried = new CompletableFuture<>();
		GroupCommitter committer = committer(WRITES_ALL, () -> {
			if (!failed.getAndSet(true)) {
				throw new StackOverflowError();
			}
			tried.complete(null);
		});
		committer.start();
		committer.refuseWaiting(new PipelineUnavailableException("test", SOON, null));
		assertThat(tried).succeedsWithin(SOON);
		assertThat(committer.submit(events(1), null)).succeedsWithin(SOON);
		committer.stop(SOON);
	}

	@Test
	void takesMoreFromOneCallerThanMayWaitIfNobodyElseWaits() {
		GroupCommitter committer = started(WRITES_ALL);
		assertThat(committer.submit(events(3), null)).succeedsWithin(SOON);
		committer.stop(SOON);
	}

	@Test
	void aLoneCallersThreadIsTheWriterIfItIsLent() {
		List<String> writers = new CopyOnWriteArrayList<>();
		GroupCommitter committer = started(noting(writers));
		MDC.put("pipeline", "another");
		assertThat(committer.submit(events(2), Runnable::run)).isCompleted();
		assertThat(MDC.get("pipeline")).isEqualTo("another");
		MDC.remove("pipeline");
		assertThat(committer.submit(events(1), null)).succeedsWithin(SOON);
		committer.stop(SOON);
		assertThat(writers).containsExactly("1 " + Thread.currentThread().getName() + " test.events",
				"0 mega-test.events-0 test.events");
	}

	@Test
	void oneThreadAtATimeIsLent() {
		List<String> writers = new CopyOnWriteArrayList<>();
		List<Runnable> put = new ArrayList<>();
		GroupCommitter committer = started(noting(writers));
		CompletableFuture<List<EventOutcome>> first = committer.submit(events(1), put::add);
		assertThat(committer.submit(events(1), put::add)).succeedsWithin(SOON);
		assertThat(first).isNotDone();
		put.remove(0).run();
		assertThat(first).isCompleted();
		assertThat(put).isEmpty();
		// it is at work for a moment after the outcome
		await().until(() -> writer().getState() == Thread.State.WAITING);
		assertThat(committer.submit(events(1), Runnable::run)).isCompleted();
		committer.stop(SOON);
		assertThat(writers).extracting((writer) -> writer.charAt(0)).containsExactly('0', '1', '1');
	}

	@Test
	void noThreadIsLentWhileAWriterIsAtWork() {
		CompletableFuture<Void> writing = new CompletableFuture<>();
		CompletableFuture<Void> release = new CompletableFuture<>();
		GroupCommitter committer = started((writer, events, settled) -> {
			writing.complete(null);
			release.join();
			WRITES_ALL.write(writer, events, settled);
		});
		CompletableFuture<List<EventOutcome>> first = committer.submit(events(1), null);
		writing.join();
		CompletableFuture<List<EventOutcome>> second = committer.submit(events(1), (task) -> {
			throw new AssertionError("The thread was to be lent");
		});
		release.complete(null);
		assertThat(first).succeedsWithin(SOON);
		assertThat(second).succeedsWithin(SOON);
		committer.stop(SOON);
	}

	@Test
	void aWriterWritesWhatACallerRefusesTo() {
		List<String> writers = new CopyOnWriteArrayList<>();
		GroupCommitter committer = started(noting(writers));
		for (int i = 0; i < 2; i++) {
			assertThat(committer.submit(events(1), (task) -> {
				throw new RejectedExecutionException();
			})).succeedsWithin(SOON);
		}
		committer.stop(SOON);
		assertThat(writers).extracting((writer) -> writer.charAt(0)).containsExactly('0', '0');
	}

	@Test
	void aWriterGoesOnWithWhatALentThreadLeavesUnsettled() {
		List<String> writers = new CopyOnWriteArrayList<>();
		GroupCommitter committer = started((writer, events, settled) -> {
			writers.add(String.valueOf(writer));
			if (writers.size() > 2) {
				WRITES_ALL.write(writer, events, settled);
			}
		});
		CompletableFuture<List<EventOutcome>> outcome = committer.submit(events(1), Runnable::run);
		assertThat(outcome).isNotDone();
		assertThat(outcome).succeedsWithin(SOON);
		committer.stop(SOON);
		assertThat(writers).containsExactly("1", "0", "0");
	}

	@Test
	void aWriterRecoversAfterALentThreadHasFailed() {
		CompletableFuture<String> recovered = new CompletableFuture<>();
		PipelineUnavailableException unavailable = new PipelineUnavailableException("test", SOON, null);
		AtomicReference<GroupCommitter> committer = new AtomicReference<>();
		committer.set(committer((writer, events, settled) -> {
			committer.get().refuseWaiting(unavailable);
			throw unavailable;
		}, () -> recovered.complete(Thread.currentThread().getName())));
		committer.get().start();
		assertThat(committer.get().submit(events(1), Runnable::run)).isCompletedExceptionally();
		assertThat(recovered).succeedsWithin(SOON).isEqualTo("mega-test.events-0");
		committer.get().stop(SOON);
	}

	@Test
	void stopWaitsForALentThread() {
		List<Runnable> put = new ArrayList<>();
		GroupCommitter committer = started(WRITES_ALL);
		CompletableFuture<List<EventOutcome>> outcome = committer.submit(events(1), put::add);
		CompletableFuture<Void> stop = CompletableFuture.runAsync(() -> committer.stop(SOON));
		await().untilAsserted(() -> assertThat(committer.submit(events(1), null)).isCompletedExceptionally());
		assertThat(stop).isNotDone();
		put.get(0).run();
		assertThat(outcome).isCompleted();
		assertThat(stop).succeedsWithin(SOON);
	}

	@Test
	void aThreadThatIsLentTooLateWritesNothing() {
		List<Runnable> put = new ArrayList<>();
		List<String> writers = new CopyOnWriteArrayList<>();
		GroupCommitter committer = started(noting(writers));
		CompletableFuture<List<EventOutcome>> outcome = committer.submit(events(1), put::add);
		committer.stop(Duration.ofMillis(10));
		put.get(0).run();
		assertThat(outcome).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(PipelineUnavailableException.class);
		assertThat(writers).isEmpty();
	}

	@Test
	void aLentThreadThatAStopInterruptsAnswersAndIsNotLeftInterrupted() {
		CompletableFuture<Void> writing = new CompletableFuture<>();
		GroupCommitter committer = started((writer, events, settled) -> {
			writing.complete(null);
			new CountDownLatch(1).await();
		});
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		CompletableFuture<List<EventOutcome>> outcome = committer.submit(events(1), (task) -> new Thread(() -> {
			task.run();
			interrupted.complete(Thread.currentThread().isInterrupted());
		}).start());
		writing.join();
		committer.stop(Duration.ofMillis(10));
		assertThat(outcome).failsWithin(SOON)
			.withThrowableThat()
			.withCauseInstanceOf(PipelineUnavailableException.class);
		assertThat(interrupted).succeedsWithin(SOON).isEqualTo(false);
	}

	@Test
	void writersWithNothingToDoSleepUntilThereIs() {
		AtomicBoolean settles = new AtomicBoolean();
		GroupCommitter committer = started((writer, events, settled) -> {
			if (settles.get()) {
				WRITES_ALL.write(writer, events, settled);
			}
		});
		// a wait that ends by itself would be TIMED_WAITING
		await().until(() -> writer().getState() == Thread.State.WAITING);
		CompletableFuture<List<EventOutcome>> outcome = committer.submit(events(1), null);
		await().until(() -> writer().getState() == Thread.State.TIMED_WAITING);
		settles.set(true);
		assertThat(outcome).succeedsWithin(SOON);
		await().until(() -> writer().getState() == Thread.State.WAITING);
		committer.stop(SOON);
	}

	@Test
	void noWakeUpIsLost() {
		GroupCommitter committer = started(WRITES_ALL);
		for (int i = 0; i < 20_000; i++) {
			assertThat(committer.submit(events(1), null)).succeedsWithin(SOON);
		}
		committer.stop(SOON);
	}

	private static Thread writer() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("mega-test.events-0") && thread.isAlive())
			.findAny()
			.orElseThrow();
	}

	private static BatchWriter noting(List<String> writers) {
		return (writer, events, settled) -> {
			writers.add(writer + " " + Thread.currentThread().getName() + " " + MDC.get("pipeline"));
			WRITES_ALL.write(writer, events, settled);
		};
	}

	private static GroupCommitter started(BatchWriter writer) {
		GroupCommitter committer = committer(writer, () -> {
		});
		committer.start();
		return committer;
	}

	private static GroupCommitter committer(BatchWriter writer, Recovery recovery) {
		PipelineOptions options = new PipelineOptions(Namespace.of("test"), 10, 1, 2, SOON,
				new PipelineOptions.Ceiling(0, 0, 1), SOON, SOON);
		return new GroupCommitter(new PipelineName("test", "events"), options, writer, recovery);
	}

	private static List<PendingEvent> events(int count) {
		List<PendingEvent> events = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			events.add(new PendingEvent(Event.from("test", new byte[0]).build(), List.of(), null));
		}
		return events;
	}

}
