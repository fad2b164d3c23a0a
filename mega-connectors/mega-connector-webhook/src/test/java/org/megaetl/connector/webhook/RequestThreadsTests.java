package org.megaetl.connector.webhook;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.tomcat.util.threads.TaskThreadFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RequestThreads}, {@link RequestQueue} and {@link Lender}.
 */
class RequestThreadsTests {

	private final RequestThreads threads = new RequestThreads(8, 8, 60_000, new RequestQueue(1_000),
			new TaskThreadFactory("test-exec-", true, Thread.NORM_PRIORITY));

	@AfterEach
	void stop() {
		this.threads.shutdownNow();
	}

	@Test
	void noTaskWaitsForAnotherWhileAThreadSleeps() throws InterruptedException {
		for (int i = 0; i < 500; i++) {
			CountDownLatch begun = new CountDownLatch(8);
			for (int task = 0; task < 8; task++) {
				this.threads.execute(() -> {
					begun.countDown();
					try {
						begun.await();
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				});
			}
			assertThat(begun.await(20, TimeUnit.SECONDS)).as("round " + i).isTrue();
		}
	}

	@Test
	void noWakeUpIsLost() {
		for (int i = 0; i < 20_000; i++) {
			CompletableFuture<Void> done = new CompletableFuture<>();
			this.threads.execute(() -> done.complete(null));
			assertThat(done).succeedsWithin(Duration.ofSeconds(20));
		}
	}

	@Test
	void aThreadThatIsNotNeededEnds() {
		this.threads.setCorePoolSize(1);
		this.threads.setKeepAliveTime(1, TimeUnit.MILLISECONDS);
		await().until(() -> this.threads.getPoolSize() == 1);
	}

	@Test
	void oneThreadReadsTheRequestDoesWhatIsPutAsideAndSendsTheAnswer() {
		List<String> done = new CopyOnWriteArrayList<>();
		List<Thread> by = new CopyOnWriteArrayList<>();
		this.threads.execute(() -> {
			Lender lender = Objects.requireNonNull(Lender.current());
			lender.execute(() -> {
				lender.answer(() -> this.threads.execute(() -> note("sent", done, by)));
				note("written", done, by);
			});
			note("read", done, by);
		});
		await().until(() -> done.size() == 3);
		assertThat(done).containsExactly("read", "written", "sent");
		assertThat(by).containsOnly(by.get(0));
	}

	@Test
	void aThreadThatIsLentSendsNoOthersAnswer() {
		CompletableFuture<Void> sent = new CompletableFuture<>();
		CompletableFuture<Boolean> lent = new CompletableFuture<>();
		this.threads.execute(() -> Objects.requireNonNull(Lender.current()).execute(() -> {
			this.threads.execute(() -> sent.complete(null));
			sent.join();
			lent.complete(Lender.current() == null);
		}));
		assertThat(lent).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
	}

	@Test
	void aQuarterIsLentAtMost() {
		CompletableFuture<Void> release = new CompletableFuture<>();
		List<@Nullable Lender> lenders = Collections.synchronizedList(new ArrayList<>());
		for (int i = 0; i < 3; i++) {
			int next = i + 1;
			this.threads.execute(() -> {
				Lender lender = Lender.current();
				if (lender != null) {
					lender.execute(release::join);
				}
				lenders.add(lender);
			});
			await().until(() -> lenders.size() == next);
		}
		assertThat(lenders.subList(0, 2)).doesNotContainNull().doesNotHaveDuplicates();
		assertThat(lenders.get(2)).isNull();
		release.complete(null);
		await().until(() -> {
			CompletableFuture<Boolean> can = new CompletableFuture<>();
			this.threads.execute(() -> can.complete(Lender.current() != null));
			return can.join();
		});
	}

	@Test
	void aFailureOfWhatIsPutAsideEndsTheLending() {
		this.threads.execute(() -> Objects.requireNonNull(Lender.current()).execute(() -> {
			throw new IllegalStateException("thrown by a test");
		}));
		for (int i = 0; i < 16; i++) {
			CompletableFuture<Boolean> can = new CompletableFuture<>();
			this.threads.execute(() -> can.complete(Lender.current() != null));
			assertThat(can.join()).isTrue();
		}
		await().until(() -> this.threads.getSubmittedCount() == 0);
	}

	@Test
	void anAnswerThatFailsEndsNeitherTheThreadNorWhatItPutsAside() {
		CompletableFuture<Void> written = new CompletableFuture<>();
		List<Thread> by = new CopyOnWriteArrayList<>();
		this.threads.execute(() -> {
			by.add(Thread.currentThread());
			Lender lender = Objects.requireNonNull(Lender.current());
			lender.execute(() -> lender.answer(() -> this.threads.execute(() -> {
				Objects.requireNonNull(Lender.current()).execute(() -> {
					by.add(Thread.currentThread());
					written.complete(null);
				});
				throw new OutOfMemoryError("thrown by a test");
			})));
		});
		assertThat(written).succeedsWithin(Duration.ofSeconds(20));
		await().until(() -> this.threads.getActiveCount() == 0);
		assertThat(by).hasSize(2).containsOnly(by.get(0));
		assertThat(by.get(0).isAlive()).isTrue();
		assertThat(this.threads.getSubmittedCount()).isZero();
	}

	@Test
	void anAnswerIsKeptOnlyByAThreadThatLooksForIt() {
		CompletableFuture<Void> sent = new CompletableFuture<>();
		this.threads.execute(() -> Objects.requireNonNull(Lender.current())
			.answer(() -> this.threads.execute(() -> sent.complete(null))));
		assertThat(sent).succeedsWithin(Duration.ofSeconds(20));
	}

	@Test
	void otherThreadsCannotBeLent() {
		assertThat(Lender.current()).isNull();
	}

	private static void note(String what, List<String> done, List<Thread> by) {
		by.add(Thread.currentThread());
		done.add(what);
	}

}
