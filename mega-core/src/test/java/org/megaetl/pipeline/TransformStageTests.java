package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.pipeline.TransformWatchdog.Watch;
import org.megaetl.sql.Row;
import org.megaetl.transform.EventDecoder;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformResult;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TransformStage}, of transformers that take several events at once.
 */
class TransformStageTests {

	private final List<String> calls = new ArrayList<>();

	@Test
	void handsOverEventsTogetherAsOftenAsIsNeeded() throws InterruptedException {
		assertThat(transform("a", "b", "no", "d", "e")).containsExactly("[INSERT item [name] [a]]",
				"[INSERT item [name] [b]]", "refused", "[INSERT item [name] [d]]", "[INSERT item [name] [e]]");
		assertThat(this.calls).containsExactly("a,b,no", "d,e");
	}

	@Test
	void handsOverOneByOneWhatFailsTogether() throws InterruptedException {
		assertThat(transform("a", "b", "c", "trap", "e")).containsExactly("[INSERT item [name] [a]]",
				"[INSERT item [name] [b]]", "[INSERT item [name] [c]]", "trapped", "[INSERT item [name] [e]]");
		assertThat(this.calls).containsExactly("a,b,c", "trap,e", "trap", "e");
	}

	@Test
	void handsOverOneByOneWhereResultsDoNotMatch() throws InterruptedException {
		for (String wrong : List.of("none", "many", "null")) {
			this.calls.clear();
			assertThat(transform(wrong, "b")).containsExactly("[INSERT item [name] [" + wrong + "]]",
					"[INSERT item [name] [b]]");
			assertThat(this.calls).containsExactly(wrong + ",b", wrong, "b");
		}
	}

	@Test
	void doesNotTransformWhatItsSourceRefuses() throws InterruptedException {
		Event refused = Event.from("test.events", new byte[0]).refusal("torn").build();
		assertThat(transform(List.of(event("a"), refused, event("b")))).containsExactly("[INSERT item [name] [a]]",
				"torn", "[INSERT item [name] [b]]");
	}

	@Test
	void decodesEachEventOnce() throws InterruptedException {
		List<String> decoded = new ArrayList<>();
		EventDecoder decoder = (event) -> {
			decoded.add(event.text());
			return event;
		};
		Transformer oneByOne = InThrees::rows;
		for (Transformer transformer : List.of(oneByOne, new InThrees())) {
			decoded.clear();
			transform(decoder.before(transformer),
					Stream.of("a", "b", "c", "d", "e").map(TransformStageTests::event).toList());
			assertThat(decoded).containsExactly("a", "b", "c", "d", "e");
		}
	}

	@Test
	void endsWhereTheThreadIsToStop() {
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> {
			Thread.currentThread().interrupt();
			transform("stop", "b");
		});
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.calls).containsExactly("stop,b");
	}

	@Test
	void eachOfSeveralEventsHasTheTimeOfOne() throws InterruptedException {
		List<Event> events = Stream.of("busy", "asleep", "busy", "busy", "busy", "busy")
			.map(TransformStageTests::event)
			.toList();
		List<String> givenUp = new ArrayList<>();
		TransformWatchdog watchdog = new TransformWatchdog(Duration.ofSeconds(1), Duration.ofMillis(500), () -> {
		});
		watchdog.start();
		PipelineMonitor monitor = new PipelineMonitor(new PipelineName("test", "events"), Clock.systemUTC());
		try (Watch watch = watchdog.watch(monitor, givenUp::add);
				TransformStage stage = new TransformStage(new Slow())) {
			assertThat(stage.transform(events, watch)).extracting((pending) -> pending.statements().toString())
				.containsExactly("[]", "[INSERT item [name] [interrupted]]", "[]", "[]", "[]", "[]");
		}
		finally {
			watchdog.stop();
		}
		assertThat(givenUp).isEmpty();
		assertThat(this.calls).containsExactly("6");
		assertThat(Thread.interrupted()).isFalse();
	}

	@Test
	void watchesOnAfterAnErrorOfWhoeverIsTold() {
		AtomicInteger givenUp = new AtomicInteger();
		TransformWatchdog watchdog = new TransformWatchdog(Duration.ofMillis(50), Duration.ofMillis(50), () -> {
			givenUp.incrementAndGet();
			throw new StackOverflowError("of a listener");
		});
		PipelineMonitor monitor = new PipelineMonitor(new PipelineName("test", "events"), Clock.systemUTC());
		watchdog.start();
		try {
			for (int i = 1; i <= 2; i++) {
				int expected = i;
				new Thread(() -> watchdog.watch(monitor, monitor::fail).begin()).start();
				await().until(() -> givenUp.get() == expected);
			}
		}
		finally {
			watchdog.stop();
		}
	}

	private List<String> transform(String... payloads) throws InterruptedException {
		return transform(Stream.of(payloads).map(TransformStageTests::event).toList());
	}

	private List<String> transform(List<Event> events) throws InterruptedException {
		return transform(new InThrees(), events);
	}

	private List<String> transform(TransformFunction function, List<Event> events) throws InterruptedException {
		TransformWatchdog watchdog = new TransformWatchdog(Duration.ofMinutes(1), Duration.ofMinutes(1), () -> {
		});
		PipelineMonitor monitor = new PipelineMonitor(new PipelineName("test", "events"), Clock.systemUTC());
		try (Watch watch = watchdog.watch(monitor, monitor::fail);
				TransformStage stage = new TransformStage(function)) {
			List<PendingEvent> pending = stage.transform(events, watch);
			assertThat(pending).extracting(PendingEvent::event).isEqualTo(events);
			return pending.stream()
				.map((each) -> (each.refusal() != null) ? each.refusal().getMessage()
						: String.valueOf(each.statements()))
				.toList();
		}
	}

	private static Event event(String payload) {
		return Event.from("test.events", payload.getBytes(StandardCharsets.UTF_8)).build();
	}

	/**
	 * All its events together take longer than one may, and it does not end early.
	 */
	private final class Slow implements Transformer, TransformerBatch {

		@Override
		public TransformerBatch openBatch() {
			return this;
		}

		@Override
		public List<Row> transform(Event event) {
			throw new AssertionError("Not alone");
		}

		@Override
		public int maxEvents() {
			return 10;
		}

		@Override
		public List<TransformResult> transform(List<Event> events, Runnable nextEvent) {
			TransformStageTests.this.calls.add(String.valueOf(events.size()));
			List<TransformResult> results = new ArrayList<>();
			for (Event event : events) {
				results.add(TransformResult.of(event.text().equals("busy") ? busy() : asleep()));
				nextEvent.run();
			}
			return results;
		}

		private static List<Row> busy() {
			long start = System.nanoTime();
			while (System.nanoTime() - start < 400_000_000) {
				Thread.onSpinWait();
			}
			return List.of();
		}

		private static List<Row> asleep() {
			try {
				new CountDownLatch(1).await();
				return List.of();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return List.of(Row.insert("item").set("name", "interrupted"));
			}
		}

	}

	private final class InThrees implements Transformer, TransformerBatch {

		@Override
		public TransformerBatch openBatch() {
			return this;
		}

		@Override
		public List<Row> transform(Event event) {
			TransformStageTests.this.calls.add(event.text());
			if (event.text().equals("trap")) {
				throw new IllegalStateException("trapped");
			}
			return rows(event);
		}

		@Override
		public int maxEvents() {
			return 3;
		}

		@Override
		public List<TransformResult> transform(List<Event> events, Runnable nextEvent) throws InterruptedException {
			List<String> texts = events.stream().map(Event::text).toList();
			TransformStageTests.this.calls.add(String.join(",", texts));
			List<TransformResult> results = new ArrayList<>();
			for (Event event : events) {
				switch (event.text()) {
					case "trap" -> throw new IllegalStateException("nobody knows whose");
					case "stop" -> throw new InterruptedException();
					case "no" -> results.add(TransformResult.refused(new IllegalArgumentException("refused")));
					default -> results.add(TransformResult.of(rows(event)));
				}
			}
			return switch (texts.get(0)) {
				case "none" -> List.of();
				case "many" -> Stream.concat(results.stream(), results.stream()).toList();
				case "null" -> null;
				default -> results;
			};
		}

		private static List<Row> rows(Event event) {
			return List.of(Row.insert("item").set("name", event.text()));
		}

	}

}
