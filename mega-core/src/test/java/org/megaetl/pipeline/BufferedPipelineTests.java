package org.megaetl.pipeline;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class BufferedPipelineTests {

	private static final PipelineName READER = new PipelineName("kafka", "orders");

	private static final Event EVENT = Event.from("webhook.orders", new byte[0]).build();

	private final List<CompletableFuture<List<EventOutcome>>> stored = new ArrayList<>();

	private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

	private final BufferedPipeline pipeline = pipeline();

	@Test
	void answersWhenItsBufferHasTheEvents() throws Exception {
		CompletableFuture<List<EventOutcome>> outcomes = this.pipeline.submit(List.of(EVENT));
		assertThat(outcomes).isNotDone();
		assertThat(this.pipeline.activity().lastEvent()).isNull();
		this.stored.get(0).complete(List.of(new EventOutcome.Buffered(READER)));
		assertThat(outcomes).isCompletedWithValue(List.of(new EventOutcome.Buffered(READER)));
		assertThat(this.meters.get("mega.events").tag("outcome", "buffered").counter().count()).isEqualTo(1);
		assertThat(this.pipeline.activity().lastEvent()).isNotNull();
	}

	@Test
	void letsOneAtATimeTryWhileItsBufferIsAway() {
		CompletableFuture<?> first = this.pipeline.submit(List.of(EVENT));
		this.stored.get(0).completeExceptionally(new IOException("broken"));
		assertUnavailable(first);
		assertThat(this.pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
		assertThat(this.pipeline.status().reason()).contains("broken");
		assertThat(this.meters.get("mega.pipeline.state").tag("state", "retrying").gauge().value()).isEqualTo(1);
		CompletableFuture<?> probe = this.pipeline.submit(List.of(EVENT));
		assertThat(probe).isNotDone();
		assertUnavailable(this.pipeline.submit(List.of(EVENT)));
		assertThat(this.stored).hasSize(2);
		this.stored.get(1).completeExceptionally(new IOException("broken"));
		assertUnavailable(probe);
		CompletableFuture<?> next = this.pipeline.submit(List.of(EVENT));
		this.stored.get(2).complete(List.of(new EventOutcome.Buffered(READER)));
		assertThat(next).isCompleted();
		assertThat(this.pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void doesNotTakeItsBufferForBackBecauseAnEventIsTooLargeForIt() {
		this.pipeline.submit(List.of(EVENT));
		this.stored.get(0).completeExceptionally(new IOException("broken"));
		CompletableFuture<List<EventOutcome>> tooLarge = this.pipeline.submit(List.of(EVENT));
		this.stored.get(1).complete(List.of(new EventOutcome.TooLarge("9 MB")));
		assertThat(tooLarge).isCompletedWithValue(List.of(new EventOutcome.TooLarge("9 MB")));
		assertThat(this.pipeline.status().state()).isEqualTo(PipelineState.RETRYING);
	}

	@Test
	void keepsNothingThatItsAdapterRefuses() {
		Event refused = Event.from("webhook.orders", new byte[0]).refusal("no").build();
		CompletableFuture<List<EventOutcome>> outcomes = this.pipeline.submit(List.of(EVENT, refused, EVENT));
		EventOutcome buffered = new EventOutcome.Buffered(READER);
		this.stored.get(0).complete(List.of(buffered, buffered));
		assertThat(outcomes).isCompletedWithValue(List.of(buffered, new EventOutcome.Rejected("no"), buffered));
		assertThat(this.pipeline.submit(List.of(refused)))
			.isCompletedWithValue(List.of(new EventOutcome.Rejected("no")));
		assertThat(this.stored).hasSize(1);
	}

	@Test
	void staysRunningWhenThereAreOnlyTooManyAtOnce() {
		CompletableFuture<?> refused = this.pipeline.submit(List.of(EVENT));
		this.stored.get(0).completeExceptionally(new PipelineUnavailableException("full", Duration.ofSeconds(1), null));
		assertUnavailable(refused);
		assertThat(this.pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void takesNothingWhilePausedOrStopped() {
		this.pipeline.pause();
		assertUnavailable(this.pipeline.submit(List.of(EVENT)));
		this.pipeline.resume();
		this.pipeline.stop(Duration.ZERO);
		assertUnavailable(this.pipeline.submit(List.of(EVENT)));
		assertThat(this.stored).isEmpty();
		assertThatIllegalArgumentException().isThrownBy(() -> this.pipeline.submit(List.of()));
	}

	private static void assertUnavailable(CompletableFuture<?> outcomes) {
		assertThat(outcomes).isCompletedExceptionally();
		// as it is, not within another: the answer is chosen by it
		assertThat(outcomes.handle((done, failure) -> failure).join()).isInstanceOf(PipelineUnavailableException.class);
	}

	private BufferedPipeline pipeline() {
		PipelineName name = new PipelineName("webhook", "orders");
		BufferedPipeline created = new BufferedPipeline(name, new EventBuffer() {

			@Override
			public Pipeline reader() {
				throw new UnsupportedOperationException();
			}

			@Override
			public CompletableFuture<List<EventOutcome>> store(List<Event> events) {
				CompletableFuture<List<EventOutcome>> result = new CompletableFuture<>();
				BufferedPipelineTests.this.stored.add(result);
				return result;
			}

		}, new PipelineMonitor(name, Clock.systemUTC()), new PipelineMetrics(this.meters, name));
		created.start();
		return created;
	}

}
