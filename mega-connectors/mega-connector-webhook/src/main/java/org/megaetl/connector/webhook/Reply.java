package org.megaetl.connector.webhook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.format.PostedEvents;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome;

/**
 * Knows the answer to a request, whatever becomes of its events.
 *
 * @param posted the events
 * @param compareBodies whether another body under the same id is a mistake
 */
record Reply(PostedEvents posted, boolean compareBodies) {

	Answer answer(@Nullable List<EventOutcome> outcomes, @Nullable Throwable failure) {
		if (outcomes == null) {
			return Answer.of(null, failure, eventId());
		}
		if (!this.posted.several()) {
			return Answer.of(judge(outcomes.get(0)), null, eventId());
		}
		List<ItemAnswer> items = new ArrayList<>(outcomes.size());
		for (EventOutcome outcome : outcomes) {
			items.add(ItemAnswer.of(judge(outcome), this.posted.events().get(items.size()).id()));
		}
		return Answer.of(items);
	}

	Answer timedOut(Duration responseTimeout) {
		return Answer.timedOut(responseTimeout, eventId());
	}

	private EventOutcome judge(EventOutcome outcome) {
		return (outcome instanceof EventOutcome.Duplicate && !this.compareBodies) ? new EventOutcome.Duplicate(true)
				: outcome;
	}

	private @Nullable String eventId() {
		List<Event> events = this.posted.events();
		return (events.size() == 1) ? events.get(0).id() : null;
	}

}
