package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.GroupCommitter.BatchWriter;
import org.megaetl.pipeline.GroupCommitter.Recovery;

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
		GroupCommitter committer = committer((writer, events, settled) -> {
			writing.complete(null);
			// an interrupt does not end it, as a driver that reads from a socket
			release.join();
		}, () -> {
		});
		committer.start();
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
		GroupCommitter committer = committer(WRITES_ALL, () -> {
			if (!failed.getAndSet(true)) {
				throw new StackOverflowError();
			}
		});
		committer.start();
		await().untilTrue(failed);
		assertThat(committer.submit(events(1), null)).succeedsWithin(SOON);
		committer.stop(SOON);
	}

	@Test
	void takesMoreFromOneCallerThanMayWaitIfNobodyElseWaits() {
		GroupCommitter committer = committer(WRITES_ALL, () -> {
		});
		committer.start();
		assertThat(committer.submit(events(3), null)).succeedsWithin(SOON);
		committer.stop(SOON);
	}

	private static GroupCommitter committer(BatchWriter writer, Recovery recovery) {
		PipelineOptions options = new PipelineOptions("test", 10, 1, 2, SOON, new PipelineOptions.Ceiling(0, 0, 1),
				SOON, SOON);
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
