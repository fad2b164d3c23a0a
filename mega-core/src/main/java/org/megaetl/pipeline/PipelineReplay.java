package org.megaetl.pipeline;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.deadletter.ReplayResult;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.deadletter.ReplayTarget;
import org.megaetl.event.Event;
import org.megaetl.sink.FailureKind;
import org.megaetl.sink.SqlFailure;
import org.megaetl.transform.EventDecoder;

/**
 * Replays dead letters through a pipeline, whether it runs, is paused or has failed: to
 * try whether a cause is mended before the next events come, for example. The operator
 * who waits is told when the database does not work.
 */
final class PipelineReplay implements ReplayTarget {

	private static final int MAX_ATTEMPTS = 5;

	private static final String INSTANCE = "replay/" + BatchToken.random() + "/";

	private final PipelineEngine engine;

	PipelineReplay(PipelineEngine engine) {
		this.engine = engine;
	}

	@Override
	public String source() {
		return this.engine.settings().name().toString();
	}

	@Override
	public void replay(Map<Long, Event> letters, Consumer<ReplayResult> done) throws InterruptedException {
		if (this.engine.monitor().is(PipelineState.STOPPED)) {
			throw new IllegalStateException(
					"Pipeline '" + source() + "' is stopped: nothing can be replayed through it");
		}
		List<PendingEvent> pending = transform(letters);
		String writer = INSTANCE + Thread.currentThread().getId();
		this.engine.replay(pending, writer, new OperatorsPatience(),
				(events, outcomes) -> settled(events, outcomes, done));
	}

	private void settled(List<PendingEvent> events, List<EventOutcome> outcomes, Consumer<ReplayResult> done) {
		for (int i = 0; i < events.size(); i++) {
			EventOutcome outcome = outcomes.get(i);
			if (outcome instanceof EventOutcome.Written || outcome instanceof EventOutcome.Skipped) {
				this.engine.record(outcome);
			}
			done.accept(result(Objects.requireNonNull(events.get(i).letter()), outcome));
		}
	}

	@Override
	public List<ReplayResult> preview(Map<Long, Event> letters) throws InterruptedException {
		List<ReplayResult> results = new ArrayList<>(letters.size());
		for (PendingEvent pending : transform(letters)) {
			results.add(StatementPreview.of(pending));
		}
		return results;
	}

	private List<PendingEvent> transform(Map<Long, Event> letters) throws InterruptedException {
		checkDecoder(letters.values());
		List<PendingEvent> pending = new ArrayList<>(letters.size());
		Iterator<Long> ids = letters.keySet().iterator();
		for (PendingEvent event : this.engine.transform(List.copyOf(letters.values()))) {
			pending.add(event.ofLetter(ids.next()));
		}
		return pending;
	}

	private void checkDecoder(Collection<Event> events) throws InterruptedException {
		EventDecoder decoder = this.engine.settings().decoder();
		if (decoder == null) {
			return;
		}
		try {
			decoder.check(events);
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(
					"Nothing can be replayed through pipeline '" + source() + "' at present: " + FailureMessage.of(ex),
					ex);
		}
	}

	private static ReplayResult result(long id, EventOutcome outcome) {
		if (outcome instanceof EventOutcome.Written) {
			return new ReplayResult(id, Outcome.WRITTEN, null);
		}
		if (outcome instanceof EventOutcome.Skipped) {
			return new ReplayResult(id, Outcome.SKIPPED, null);
		}
		if (outcome instanceof EventOutcome.DeadLettered again) {
			return new ReplayResult(id, Outcome.FAILED, again.reason());
		}
		return new ReplayResult(id, Outcome.GONE, "It was replayed or discarded by somebody else");
	}

	/**
	 * The patience of an operator who waits for the result.
	 */
	private final class OperatorsPatience implements Patience {

		@Override
		public void await(Throwable failure, FailureKind kind, int attempts) throws InterruptedException {
			if (kind == FailureKind.TRANSIENT && attempts < MAX_ATTEMPTS) {
				Thread.sleep(ThreadLocalRandom.current().nextLong(50, 200) * attempts);
				return;
			}
			throw new IllegalStateException("The replay through pipeline '" + source() + "' was given up after "
					+ attempts + ((attempts == 1) ? " attempt: " : " attempts: ") + SqlFailure.describe(failure),
					failure);
		}

		@Override
		public void pause(Throwable failure, Duration time) throws InterruptedException {
			Thread.sleep(time.toMillis());
		}

	}

}
