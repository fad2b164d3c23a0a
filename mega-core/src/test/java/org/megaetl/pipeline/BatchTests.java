package org.megaetl.pipeline;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.checkpoint.BatchToken;
import org.megaetl.event.Event;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Batch}.
 */
class BatchTests {

	private final PendingEvent first = written(1);

	private final PendingEvent second = written(2);

	private final PendingEvent third = written(3);

	private final List<PositionAdvance> advances = List.of(new PositionAdvance("a", "1", "4", 1));

	@Test
	void splitsEventsAndPositionsAlike() {
		List<Batch> parts = batch("pull/1", this.advances).split();
		assertThat(parts).extracting(Batch::events)
			.containsExactly(List.of(this.first), List.of(this.second, this.third));
		assertThat(parts).extracting(Batch::advances)
			.containsExactly(List.of(new PositionAdvance("a", "1", "2", 1)),
					List.of(new PositionAdvance("a", "2", "4", 1)));
	}

	@Test
	void aPartIsAnotherTransactionOfTheSameWriter() {
		Batch batch = batch("push/1", List.of());
		List<Batch> parts = batch.split();
		assertThat(parts).extracting(Batch::writer).containsOnly("push/1");
		assertThat(List.of(batch.token(), parts.get(0).token(), parts.get(1).token())).doesNotHaveDuplicates();
	}

	@Test
	void keepsATokenAlsoWhereAPartMovesNoPosition() {
		List<Event> events = List.of(this.first.event(), Event.from("test.events", new byte[0]).build());
		Batch batch = new Batch(events.stream().map((event) -> new PendingEvent(event, List.of(), null)).toList(),
				List.of(new PositionAdvance("a", "1", "2", 1)), "pull/1", BatchToken.random());
		assertThat(batch.tokenKeys()).containsExactly("a");
		assertThat(batch.split()).extracting(Batch::tokenKeys).containsExactly(List.of("a"), List.of("pull/1"));
	}

	@Test
	void refusesOneEventAndNoOther() {
		IllegalStateException failure = new IllegalStateException("too large");
		Batch batch = batch("push/1", this.advances);
		Batch refused = batch.refusing(this.second, failure);
		assertThat(refused.events()).extracting(PendingEvent::refusal).containsExactly(null, failure, null);
		assertThat(refused.events()).extracting(PendingEvent::isToBeWritten).containsExactly(true, false, true);
		assertThat(refused.events()).extracting(PendingEvent::event)
			.containsExactly(this.first.event(), this.second.event(), this.third.event());
		assertThat(refused.advances()).isEqualTo(this.advances);
		assertThat(refused.token()).isNotEqualTo(batch.token());
	}

	@Test
	void refusesTheVeryEventAmongEqualOnes() {
		Event event = this.first.event();
		PendingEvent twin = new PendingEvent(event, this.first.statements(), null);
		Batch batch = new Batch(List.of(this.first, twin), List.of(), "push/1", BatchToken.random());
		assertThat(batch.refusing(twin, new IllegalStateException()).events()).extracting(PendingEvent::isToBeWritten)
			.containsExactly(true, false);
	}

	@Test
	void hasNoEffectWithoutRowsPositionsAndDeadLetters() {
		PendingEvent skipped = new PendingEvent(this.first.event(), List.of(), null);
		PendingEvent refused = new PendingEvent(this.first.event(), List.of(), new IllegalStateException());
		PendingEvent direct = new PendingEvent(this.first.event(), null, null);
		assertThat(batchOf(skipped).hasEffect(RejectPolicy.DEAD_LETTER)).isFalse();
		assertThat(batchOf(skipped, refused).hasEffect(RejectPolicy.ANSWER)).isFalse();
		assertThat(batchOf(skipped, refused).hasEffect(RejectPolicy.DEAD_LETTER)).isTrue();
		assertThat(batchOf(skipped, this.first).hasEffect(RejectPolicy.ANSWER)).isTrue();
		assertThat(batchOf(direct).hasEffect(RejectPolicy.ANSWER)).isTrue();
		assertThat(new Batch(List.of(skipped), this.advances, "pull/1", BatchToken.random())
			.hasEffect(RejectPolicy.ANSWER)).isTrue();
	}

	private Batch batch(String writer, List<PositionAdvance> advances) {
		return new Batch(List.of(this.first, this.second, this.third), advances, writer, BatchToken.random());
	}

	private static Batch batchOf(PendingEvent... events) {
		return new Batch(List.of(events), List.of(), "push/1", BatchToken.random());
	}

	private static PendingEvent written(int offset) {
		Event event = Event.from("test.events", new byte[0])
			.position(SourcePosition.of("a", Integer.toString(offset), Integer.toString(offset + 1)))
			.build();
		return new PendingEvent(event, List.of(Row.insert("item").set("id", offset)), null);
	}

}
