package org.megaetl.connector.kafka;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link KafkaBuffer}, with what a broker says that is hard to bring about.
 */
class KafkaBufferTests {

	private static final Event EVENT = Event.from("webhook.orders", new byte[0]).build();

	private final List<MockProducer<byte[], byte[]>> producers = new ArrayList<>();

	private final List<Runnable> later = new ArrayList<>();

	/** What the next producers fail with while they are made. */
	private final Deque<RuntimeException> failures = new ArrayDeque<>();

	@SuppressWarnings("NullAway") // the reader is only asked for when an event is stored
	private final KafkaBuffer buffer = new KafkaBuffer(new PipelineName("webhook", "orders"), null, "orders",
			this::producer, this.later::add);

	@Test
	void replacesAProducerThatIsOfNoUseAnyMore() {
		CompletableFuture<?> refused = this.buffer.store(List.of(EVENT));
		CompletableFuture<?> neighbour = this.buffer.store(List.of(EVENT));
		this.producers.get(0).errorNext(new ClusterAuthorizationException("not yet"));
		assertThat(refused).isCompletedExceptionally();
		assertThat(this.producers).hasSize(2);
		assertThat(this.producers.get(0).closed()).isTrue();
		this.producers.get(0).errorNext(new ClusterAuthorizationException("not yet"));
		assertThat(neighbour).isCompletedExceptionally();
		this.buffer.store(List.of(EVENT));
		assertThat(this.producers).hasSize(2);
		assertThat(this.producers.get(1).history()).hasSize(1);
	}

	@Test
	void replacesAProducerThatRefusesToSend() {
		this.producers.get(0).sendException = new IllegalStateException("Cannot send while in an error state");
		assertThat(this.buffer.store(List.of(EVENT))).isCompletedExceptionally();
		this.buffer.store(List.of(EVENT));
		assertThat(this.producers.get(1).history()).hasSize(1);
	}

	@Test
	void keepsAProducerWhoseBrokerIsAwayOrWhichIsClosed() {
		CompletableFuture<?> late = this.buffer.store(List.of(EVENT));
		this.producers.get(0).errorNext(new TimeoutException("away"));
		assertThat(late).isCompletedExceptionally();
		this.buffer.close();
		assertThat(this.buffer.store(List.of(EVENT))).isCompletedExceptionally();
		assertThat(this.producers).hasSize(1);
	}

	@Test
	void refusesOnlyTheEventThatIsTooLargeForASegment() {
		CompletableFuture<List<EventOutcome>> outcomes = this.buffer.store(List.of(EVENT));
		this.producers.get(0).errorNext(new RecordBatchTooLargeException("segment"));
		assertThat(outcomes.join()).singleElement().isInstanceOf(EventOutcome.TooLarge.class);
		assertThat(this.producers).hasSize(1);
	}

	@Test
	void answersAlthoughNoOtherProducerCanBeMade() {
		this.failures.add(new IllegalStateException("no secrets now"));
		CompletableFuture<?> refused = this.buffer.store(List.of(EVENT));
		this.producers.get(0).errorNext(new ClusterAuthorizationException("not yet"));
		assertThat(refused).isCompletedExceptionally();
		this.buffer.store(List.of(EVENT));
		this.producers.get(0).errorNext(new ClusterAuthorizationException("not yet"));
		this.buffer.store(List.of(EVENT));
		assertThat(this.producers.get(1).history()).hasSize(1);
	}

	@Test
	@SuppressWarnings("NullAway") // as above
	void triesAgainToMakeTheFirstProducerWhateverItFailedWith() {
		this.failures.add(new ConfigException("No resolvable bootstrap urls"));
		this.failures.add(new IllegalStateException("no secrets now"));
		KafkaBuffer unresolved = new KafkaBuffer(new PipelineName("webhook", "orders"), null, "orders",
				() -> UnresolvedBrokersException.make("kafka:9092", this::producer), this.later::add);
		this.later.get(0).run();
		assertThat(unresolved.store(List.of(EVENT))).isCompletedExceptionally();
		this.later.get(1).run();
		unresolved.store(List.of(EVENT));
		assertThat(this.producers.get(1).history()).hasSize(1);
	}

	private MockProducer<byte[], byte[]> producer() {
		RuntimeException failure = this.failures.poll();
		if (failure != null) {
			throw failure;
		}
		MockProducer<byte[], byte[]> producer = new MockProducer<>(false, null, new ByteArraySerializer(),
				new ByteArraySerializer());
		this.producers.add(producer);
		return producer;
	}

}
