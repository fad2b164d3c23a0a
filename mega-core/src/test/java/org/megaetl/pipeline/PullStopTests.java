package org.megaetl.pipeline;

import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.megaetl.checkpoint.Claim;
import org.megaetl.event.EventBatch;
import org.megaetl.transform.DirectTransformer;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.util.function.ThrowingConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of a {@link PullPipeline} whose adapter is stopped while a transformer waits for
 * something: whatever the transformer makes of the interrupt, no event is at fault.
 */
class PullStopTests extends PullRuns {

	private final CompletableFuture<Void> called = new CompletableFuture<>();

	@ParameterizedTest
	@EnumSource
	void anInterruptThatATransformerWrapsMakesNoDeadLetter(Wrapping wrapping) {
		Transformer transformer = (event) -> {
			block(wrapping);
			return List.of(item(event));
		};
		stopWhileItWaits(transformer, ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource
	void anInterruptThatADirectTransformerWrapsMakesNoDeadLetter(Wrapping wrapping) {
		stopWhileItWaits((DirectTransformer) (event, connection) -> block(wrapping),
				ConfigurableApplicationContext::close);
	}

	@ParameterizedTest
	@EnumSource
	void aContextThatIsNotClosedStopsAndRunsAgain(Stop stop) {
		Transformer transformer = (event) -> {
			if (this.called.isDone()) {
				// of its own doing: the context runs again
				Thread.currentThread().interrupt();
			}
			else {
				block(Wrapping.WITH_FLAG);
			}
			return List.of(item(event));
		};
		runAdapter(transformer, (context) -> {
			this.called.get();
			stop.stop(context);
			assertNothingWritten();
			stop.start(context);
			await().until(() -> names().size() == 3);
			await().until(() -> context.getBean(Adapter.class).delivered);
			assertThat(deadLetters()).isZero();
		});
	}

	@Test
	void theEndOfAContextBelowIsNotThatOfTheApplication() {
		Transformer transformer = (event) -> {
			Thread.currentThread().interrupt();
			return List.of(item(event));
		};
		runWithContext(transformer, (context) -> {
			GenericApplicationContext child = new GenericApplicationContext(context);
			child.refresh();
			child.close();
			PullPipeline pipeline = context.getBean(PullPipeline.class);
			pipeline.claim("a", "0");
			pipeline.deliver(batch("a", 0, "one"));
			assertThat(Thread.interrupted()).isFalse();
			assertThat(names()).containsExactly("one");
		});
	}

	private void stopWhileItWaits(TransformFunction transformer, Consumer<ConfigurableApplicationContext> stop) {
		runAdapter(transformer, (context) -> {
			this.called.get();
			stop.accept(context);
			assertNothingWritten();
		});
	}

	private static void assertNothingWritten() {
		assertThat(names()).isEmpty();
		assertThat(deadLetters()).isZero();
		assertThat(position("a")).isEqualTo("0");
	}

	private static int deadLetters() {
		return jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single();
	}

	private static void runAdapter(TransformFunction transformer,
			ThrowingConsumer<ConfigurableApplicationContext> test) {
		EngineRunner.on(database)
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=20s")
			.withBean("items", TransformFunction.class, () -> transformer)
			.withUserConfiguration(PullConfiguration.class, AdapterConfiguration.class)
			.run((context) -> test.accept(context.getSourceApplicationContext()));
	}

	private void block(Wrapping wrapping) {
		if (!this.called.complete(null)) {
			return;
		}
		try {
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			throw wrapping.wrap(ex);
		}
	}

	/**
	 * What code makes of an interrupt that it must not throw.
	 */
	enum Wrapping {

		WITH_FLAG {

			@Override
			RuntimeException wrap(InterruptedException interrupt) {
				Thread.currentThread().interrupt();
				return new IllegalStateException("A client gave up");
			}

		},

		AS_CAUSE {

			@Override
			RuntimeException wrap(InterruptedException interrupt) {
				return new IllegalStateException(new RuntimeException(interrupt));
			}

		},

		AS_CLOSED_CHANNEL {

			@Override
			RuntimeException wrap(InterruptedException interrupt) {
				return new UncheckedIOException(new ClosedByInterruptException());
			}

		};

		abstract RuntimeException wrap(InterruptedException interrupt);

	}

	enum Stop {

		STOP {

			@Override
			void stop(ConfigurableApplicationContext context) {
				context.stop();
			}

			@Override
			void start(ConfigurableApplicationContext context) {
				context.start();
			}

		},

		PAUSE {

			@Override
			void stop(ConfigurableApplicationContext context) {
				context.pause();
			}

			@Override
			void start(ConfigurableApplicationContext context) {
				context.restart();
			}

		};

		abstract void stop(ConfigurableApplicationContext context);

		abstract void start(ConfigurableApplicationContext context);

	}

	/**
	 * Delivers one batch each time it is started.
	 */
	static final class Adapter implements Runnable {

		private final PullPipeline pipeline;

		private volatile boolean delivered;

		Adapter(PullPipeline pipeline) {
			this.pipeline = pipeline;
		}

		@Override
		public void run() {
			try {
				Claim claim = this.pipeline.claim("a", "0");
				int from = Integer.parseInt(claim.position());
				this.pipeline.deliver(new EventBatch(batch("a", from, "one", "two", "three").events(),
						List.of(claim.advance(claim.position(), String.valueOf(from + 3)))));
				this.delivered = !Thread.currentThread().isInterrupted();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AdapterConfiguration {

		@Bean
		Adapter adapter(PullPipeline pipeline) {
			return new Adapter(pipeline);
		}

		@Bean
		AdapterThreads threads(Pipelines pipelines, Adapter adapter) {
			return AdapterThreads.of("test", pipelines, List.of(adapter));
		}

	}

}
