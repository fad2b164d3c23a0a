package org.megaetl.pipeline;

import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome.DeadLettered;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;

import org.springframework.context.event.ContextClosedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests of what transformers of a {@link PullPipeline} may do, and what becomes of those
 * that take too long or are interrupted.
 */
class PullTransformerTests extends PullRuns {

	/**
	 * A transformer may become another one at any time.
	 */
	@Test
	void transformsABatchWithOneVersionOfItsTransformer() {
		AtomicInteger version = new AtomicInteger();
		AtomicInteger closed = new AtomicInteger();
		Transformer replaced = new Transformer() {

			@Override
			public List<? extends SqlStatement> transform(Event event) {
				throw new AssertionError("Not of a batch");
			}

			@Override
			public TransformerBatch openBatch() {
				int opened = version.get();
				return new TransformerBatch() {

					@Override
					public List<? extends SqlStatement> transform(Event event) {
						version.incrementAndGet();
						return List.of(named(event.text() + opened));
					}

					@Override
					public void close() {
						closed.incrementAndGet();
					}

				};
			}

		};
		run(replaced, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.deliver(batch("a", 0, "a", "b", "c"));
			pipeline.deliver(batch("a", 3, "d"));
			assertThat(names()).containsExactly("a0", "b0", "c0", "d3");
			assertThat(closed).hasValue(2);
		});
	}

	@Test
	void interruptsATransformerThatTakesTooLong() {
		Transformer transformer = (event) -> {
			if (event.text().equals("slow")) {
				new CompletableFuture<>().get();
			}
			return List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "slow", "two")).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
			assertThat(jdbc.sql("SELECT message FROM mega_dead_letter").query(String.class).single())
				.contains("mega.transform.timeout");
		}, "mega.transform.timeout=1s");
	}

	@Test
	void interruptsADirectTransformerThatTakesTooLong() {
		DirectTransformer transformer = (event, connection) -> new CompletableFuture<>().get();
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "slow")).outcomes().get(0)).isInstanceOf(DeadLettered.class);
		}, "mega.transform.timeout=200ms");
	}

	@Test
	void aTransformerThatLeavesItsThreadInterruptedDoesNotEndTheAdapter() {
		Transformer transformer = (event) -> {
			Thread.currentThread().interrupt();
			if (event.text().equals("bad")) {
				throw new IllegalStateException("bad");
			}
			return List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "bad")).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class);
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		});
		run((DirectTransformer) (event, connection) -> Thread.currentThread().interrupt(), (pipeline) -> {
			pipeline.claim("b", "0");
			pipeline.deliver(batch("b", 0, "one"));
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		});
	}

	@Test
	void anInterruptedExceptionOfATransformersOwnDoesNotEndTheAdapter() {
		Transformer transformer = (event) -> {
			if (event.text().equals("bad")) {
				throw new InterruptedException("its own");
			}
			return List.of(item(event));
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThat(pipeline.deliver(batch("a", 0, "one", "bad", "two")).outcomes()).extracting(Object::getClass)
				.containsExactly(Written.class, DeadLettered.class, Written.class);
		});
	}

	@Test
	void aTransformerMayUseItsListAgain() {
		List<SqlStatement> statements = new ArrayList<>();
		Transformer transformer = (event) -> {
			statements.clear();
			statements.add(item(event));
			return statements;
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			pipeline.deliver(batch("a", 0, "one", "two"));
			assertThat(names()).containsExactly("one", "two");
		});
	}

	@Test
	void anAdapterIsInterruptedInATransformerWhenTheApplicationStops() {
		CompletableFuture<Thread> called = new CompletableFuture<>();
		Transformer transformer = (event) -> {
			called.complete(Thread.currentThread());
			while (!Thread.currentThread().isInterrupted()) {
				Thread.onSpinWait();
			}
			return List.of(item(event));
		};
		runWithContext(transformer, (context) -> {
			PullPipeline pipeline = context.getBean(PullPipeline.class);
			pipeline.claim("a", "0");
			CompletableFuture<Boolean> ended = new CompletableFuture<>();
			CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "one"),
					(adapter) -> ended.complete(adapter.isInterrupted()));
			context.publishEvent(new ContextClosedEvent(context));
			called.get().interrupt();
			// where it had to wait for a connection, the interrupt is an exception by now
			boolean thrown = result.handle((value, failure) -> failure instanceof InterruptedException).get();
			assertThat(ended.get() || thrown).isTrue();
		});
	}

	@Test
	void failsThePipelineOfATransformerThatNeverReturns() {
		CompletableFuture<Void> release = new CompletableFuture<>();
		Transformer transformer = (event) -> {
			// an interrupt does not end it
			release.join();
			return List.of();
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, batch("a", 0, "stuck"));
			await().until(() -> pipeline.status().state() == PipelineState.FAILED);
			assertThat(pipeline.status().reason()).contains("has not returned");
			release.complete(null);
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(result::get)
				.withCauseInstanceOf(PipelineUnavailableException.class);
		}, "mega.transform.timeout=100ms", "mega.transform.grace=100ms");
	}

	@Test
	void aDirectTransformerWhoseConnectionIsCutIsNotCalledAgain() {
		AtomicInteger calls = new AtomicInteger();
		DirectTransformer transformer = (event, connection) -> {
			calls.incrementAndGet();
			try (Statement statement = connection.createStatement()) {
				while (true) {
					statement.execute("DO 0");
				}
			}
		};
		run(transformer, (pipeline) -> {
			pipeline.claim("a", "0");
			assertThatExceptionOfType(PipelineUnavailableException.class)
				.isThrownBy(() -> pipeline.deliver(batch("a", 0, "stuck")))
				.withMessageContaining("connection was cut");
			assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
			assertThat(calls).hasValue(1);
			assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
		}, "mega.transform.timeout=100ms", "mega.transform.grace=100ms");
	}

}
