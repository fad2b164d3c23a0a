package org.megaetl.transform;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link EventDecoder}.
 */
class EventDecoderTests {

	private final Event event = event("raw");

	private final EventDecoder decoder = (event) -> event("decoded " + event.text());

	@Test
	void aTransformerGetsTheDecodedEvent() throws Exception {
		Transformer transformer = (event) -> List.of(Row.insert("item").set("name", event.text()));
		assertThat(((Transformer) this.decoder.before(transformer)).transform(this.event))
			.isEqualTo(List.of(Row.insert("item").set("name", "decoded raw")));
	}

	@Test
	void aTransformerOfSeveralEventsGetsThemDecoded() throws Exception {
		TransformerBatch batch = new TransformerBatch() {

			@Override
			public List<Row> transform(Event event) {
				return List.of(Row.insert("item").set("name", event.text()));
			}

			@Override
			public int maxEvents() {
				return 2;
			}

			@Override
			public List<TransformResult> transform(List<Event> events, Runnable nextEvent) {
				nextEvent.run();
				return events.stream().map((event) -> TransformResult.of(transform(event))).toList();
			}

		};
		Transformer transformer = new Transformer() {

			@Override
			public List<Row> transform(Event event) {
				throw new AssertionError("Not of a batch");
			}

			@Override
			public TransformerBatch openBatch() {
				return batch;
			}

		};
		TransformerBatch decoding = ((Transformer) this.decoder.before(transformer)).openBatch();
		assertThat(decoding.maxEvents()).isEqualTo(2);
		List<Row> decoded = List.of(Row.insert("item").set("name", "decoded raw"));
		AtomicInteger nexts = new AtomicInteger();
		assertThat(decoding.transform(List.of(this.event, this.event), nexts::incrementAndGet))
			.containsExactly(TransformResult.of(decoded), TransformResult.of(decoded));
		assertThat(nexts).as("after each that is decoded, and where the transformer says so").hasValue(3);
		assertThat(decoding.transform(this.event)).isEqualTo(decoded);
	}

	@Test
	void aDirectTransformerGetsTheDecodedEvent() throws Exception {
		List<String> texts = new ArrayList<>();
		DirectTransformer transformer = (event, connection) -> texts.add(event.text());
		((DirectTransformer) this.decoder.before(transformer)).transform(this.event, mock(Connection.class));
		assertThat(texts).containsExactly("decoded raw");
	}

	@Test
	void whatCannotBeDecodedIsNotTransformed() {
		EventDecoder failing = (event) -> {
			throw new IllegalStateException("schema 7 is unknown");
		};
		Transformer transformer = (event) -> {
			throw new AssertionError("transformed");
		};
		assertThatIllegalStateException()
			.isThrownBy(() -> ((Transformer) failing.before(transformer)).transform(this.event))
			.withMessage("schema 7 is unknown");
	}

	private static Event event(String text) {
		return Event.from("test.items", text.getBytes(StandardCharsets.UTF_8)).build();
	}

}
