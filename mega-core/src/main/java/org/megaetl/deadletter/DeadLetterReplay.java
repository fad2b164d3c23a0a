package org.megaetl.deadletter;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.SourcePosition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays dead letters in batches, in the order they were stored. Those that are stored
 * or fail again meanwhile are not tried again, so it always comes to an end.
 */
final class DeadLetterReplay {

	private static final Logger logger = LoggerFactory.getLogger(DeadLetterReplay.class);

	/** How many bytes of payloads are in memory at once, if it is several. */
	private static final long MAX_BATCH_BYTES = 16L << 20;

	private final DeadLetterService letters;

	private final ReplayTargets targets;

	DeadLetterReplay(DeadLetterService letters, ReplayTargets targets) {
		this.letters = letters;
		this.targets = targets;
	}

	ReplayReport replay(DeadLetterFilter filter, int limit, boolean dryRun) {
		List<ReplayResult> results = new ArrayList<>();
		try {
			return new ReplayReport(results, null, replay(filter, limit, dryRun, results));
		}
		catch (RuntimeException ex) {
			logger.warn("The replay of dead letters ended after {} of them", results.size(), ex);
			return new ReplayReport(results, message(ex), false);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new ReplayReport(results, "The replay was interrupted: the application is stopping", false);
		}
	}

	private boolean replay(DeadLetterFilter filter, int limit, boolean dryRun, List<ReplayResult> results)
			throws InterruptedException {
		long last = this.letters.lastId();
		long after = 0;
		int tried = 0;
		while (true) {
			List<DeadLetter> page = this.letters.oldestFirst(filter, after, last);
			if (page.isEmpty()) {
				return true;
			}
			for (List<DeadLetter> batch : batches(page)) {
				if (tried == limit) {
					return false;
				}
				List<DeadLetter> some = batch.subList(0, Math.min(limit - tried, batch.size()));
				replay(some, dryRun, results::add);
				tried += some.size();
			}
			after = page.get(page.size() - 1).id();
		}
	}

	/**
	 * Replays dead letters of one pipeline.
	 * @param done receives what became of each as soon as that is certain
	 */
	void replay(List<DeadLetter> batch, boolean dryRun, Consumer<ReplayResult> done) throws InterruptedException {
		String pipeline = batch.get(0).pipeline();
		ReplayTarget target = this.targets.find(pipeline);
		if (target == null) {
			String message = "The application has no pipeline whose state is kept under '" + pipeline
					+ "'. Configure it again, or move its dead letters to the inbound that took its place, by the "
					+ "column 'pipeline' of mega_dead_letter. If that inbound has never run, 'id: " + pipeline
					+ "' does so as well";
			batch.forEach((letter) -> done.accept(new ReplayResult(letter.id(), Outcome.IMPOSSIBLE, message)));
			return;
		}
		Map<Long, Event> events = new LinkedHashMap<>();
		for (DeadLetter letter : batch) {
			String obstacle = obstacle(letter);
			if (obstacle != null) {
				done.accept(new ReplayResult(letter.id(), Outcome.IMPOSSIBLE, obstacle));
				continue;
			}
			byte[] payload = this.letters.payload(letter).orElse(null);
			if (payload != null) {
				events.put(letter.id(), event(letter, target.source(), payload));
			}
			else {
				done.accept(withoutPayload(letter));
			}
		}
		if (events.isEmpty()) {
			return;
		}
		if (dryRun) {
			target.preview(events).forEach(done);
		}
		else {
			target.replay(events, done);
		}
	}

	/**
	 * Returns why a letter can never be replayed, or {@code null}.
	 */
	private static @Nullable String obstacle(DeadLetter letter) {
		List<String> shortened = letter.headers().get(LetterMetadata.SHORTENED);
		if (shortened != null) {
			return "Too large to be stored whole: its " + String.join(", its ", shortened) + sendAgain(letter);
		}
		if (letter.headers().containsKey(Event.UNREADABLE)) {
			return "Its payload is what was received, from which no event could be read (" + letter.message() + ")"
					+ sendAgain(letter);
		}
		if (!letter.payloadStored()) {
			return "Its payload of " + letter.payloadLength()
					+ " bytes was larger than 'mega.dead-letter.max-payload' and was not stored" + sendAgain(letter);
		}
		return null;
	}

	private ReplayResult withoutPayload(DeadLetter letter) {
		if (this.letters.find(letter.id()).isPresent()) {
			return new ReplayResult(letter.id(), Outcome.IMPOSSIBLE,
					"Its payload in mega_dead_letter_payload is incomplete or was changed");
		}
		return new ReplayResult(letter.id(), Outcome.GONE, "It was replayed or discarded by somebody else");
	}

	/**
	 * The id of an event is registered with its dead letter: sent again under that, it
	 * would be taken for a duplicate.
	 */
	private static String sendAgain(DeadLetter letter) {
		String otherwise = (letter.eventId() != null) ? ", under another id as its own stays used" : "";
		return ". Send the event again from its source" + otherwise + ", then discard the dead letter";
	}

	private static Event event(DeadLetter letter, String source, byte[] payload) {
		return Event.from(source, payload)
			.headers(EventHeaders.of(letter.headers()))
			.id(letter.eventId())
			.key(letter.eventKey())
			.timestamp(letter.timestamp())
			.position(position(letter))
			.build();
	}

	/**
	 * The position is for the transformer to read: a replay moves no source.
	 */
	private static @Nullable SourcePosition position(DeadLetter letter) {
		String key = letter.positionKey();
		String value = letter.position();
		return (key != null && value != null) ? SourcePosition.of(key, value, value) : null;
	}

	/**
	 * Divides a page in runs of one pipeline that fit in memory.
	 */
	private static List<List<DeadLetter>> batches(List<DeadLetter> page) {
		List<List<DeadLetter>> batches = new ArrayList<>();
		int from = 0;
		long bytes = 0;
		for (int i = 0; i < page.size(); i++) {
			DeadLetter letter = page.get(i);
			long length = letter.payloadStored() ? letter.payloadLength() : 0;
			bytes += length;
			if (i > from && (bytes > MAX_BATCH_BYTES || !letter.pipeline().equals(page.get(from).pipeline()))) {
				batches.add(page.subList(from, i));
				from = i;
				bytes = length;
			}
		}
		batches.add(page.subList(from, page.size()));
		return batches;
	}

	private static String message(RuntimeException failure) {
		return (failure.getMessage() != null) ? failure.getMessage() : failure.getClass().getName();
	}

}
