package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.connector.redis.RedisConnectorProperties.End;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.PullPipeline;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lists, beyond the contract.
 */
class ListTests {

	private static final String CLAIMS = "{orders}:mega-claims:mega/redis.orders:";

	private RedisSource source;

	private TestDatabase database;

	private final List<RunningApplication> running = new ArrayList<>();

	@BeforeEach
	void create() {
		this.source = RedisSource.create();
		this.database = TestDatabase.create();
	}

	@AfterEach
	void close() {
		this.running.forEach(RunningApplication::close);
		this.source.close();
		this.database.close();
	}

	@Test
	void takesFromTheLeftAndLeavesNothingBehind() {
		push("1", "2", "3");
		RunningApplication application = start();
		awaitWritten("1", "2", "3");
		push("4");
		awaitWritten("1", "2", "3", "4");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
		assertThat(application.details()).containsEntry("delivery", "effectively-once");
		assertThat(application.pipeline().source().lag()).isZero();
		this.running.clear();
		application.close();
		assertThat(this.source.commands().keys("*")).isEmpty();
	}

	@Test
	void takesFromTheRight() {
		push("1", "2", "3");
		start("take-from=right");
		awaitWritten("3", "2", "1");
		this.source.commands().lpush("orders", "4");
		awaitWritten("3", "2", "1", "4");
	}

	@Test
	void sharesAListBetweenInstances() {
		start("batch-size=7", "concurrency=2");
		start("batch-size=7", "concurrency=2");
		List<String> all = IntStream.rangeClosed(1, 3000).mapToObj(String::valueOf).toList();
		for (int from = 0; from < all.size(); from += 10) {
			push(all.subList(from, from + 10).toArray(String[]::new));
		}
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(3000)
				.containsExactlyInAnyOrderElementsOf(all));
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void shutsOutAnInstanceWhoseClaimWasTakenOver() {
		RunningApplication zombie = start();
		zombie.recorder().hold();
		push("1", "2", "3");
		RunningApplication.await().until(zombie.recorder()::isHolding);
		// as if it had given no sign of life
		this.source.commands().del(CLAIMS + "lease:0");
		RunningApplication other = start();
		awaitWritten("1", "2", "3");
		assertThat(other.details()).containsEntry("recovered-claims", 1L);
		zombie.recorder().release();
		push("4");
		awaitWritten("1", "2", "3", "4");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
		assertThat(zombie.pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void takesNothingInASlotThatIsLeasedToAnother() {
		start("dead-after=1h");
		push("1");
		awaitWritten("1");
		// as if it had given no sign of life, and another had come and claimed
		this.source.commands().set(CLAIMS + "lease:0", "another");
		this.source.commands().hset(CLAIMS + "claim:0", "token", "anothers");
		this.source.commands().rpush(CLAIMS + "items:anothers", "0");
		push("2");
		awaitWritten("1", "2");
		assertThat(this.source.commands().hget(CLAIMS + "claim:0", "token")).isEqualTo("anothers");
		assertThat(this.source.commands().exists(CLAIMS + "lease:1")).isOne();
	}

	@Test
	void losesNothingWhenACommandOfAFormerConnectionIsLate() {
		RunningApplication application = start("dead-after=1h");
		application.recorder().hold();
		push("1");
		RunningApplication.await().until(application.recorder()::isHolding);
		push("2", "3");
		List<byte[]> late = takeLate();
		application.recorder().release();
		awaitWritten("1", "2", "3");
		assertThat(late).as("what was taken although there was a claim").isNull();
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void deliversWhatACommandOfAFormerConnectionClaimedLate() {
		start("dead-after=1h");
		push("1");
		awaitWritten("1");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
		// the reader has looked for a claim before
		this.source.commands().rpush(CLAIMS + "items:late", "2", "3");
		this.source.commands().sadd(CLAIMS + "slots", "0");
		this.source.commands().hset(CLAIMS + "claim:0", "token", "late");
		push("4");
		awaitWritten("1", "2", "3", "4");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void takesOverFromAnInstanceThatGivesNoSignOfLife() {
		// what an instance leaves that was killed
		this.source.commands().hset(CLAIMS + "claim:0", "token", "some-token");
		this.source.commands().rpush(CLAIMS + "items:some-token", "1", "2");
		this.source.commands().sadd(CLAIMS + "slots", "0");
		this.source.commands().set(CLAIMS + "lease:0", "former");
		push("3");
		start("dead-after=400ms");
		awaitWritten("3");
		this.source.commands().pexpire(CLAIMS + "lease:0", 1);
		awaitWritten("3", "1", "2");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void refusesWhatWasDeliveredTooOftenAndNotItsNeighbours() {
		this.source.commands().hset(CLAIMS + "claim:0", Map.of("token", "some-token", "attempts", "2"));
		this.source.commands().rpush(CLAIMS + "items:some-token", "poison", "2", "3");
		this.source.commands().sadd(CLAIMS + "slots", "0");
		push("4");
		start("max-deliveries=3");
		awaitWritten("2", "3", "4");
		assertThat(RunningApplication.deadLetters(this.database)).singleElement()
			.satisfies((letter) -> assertThat(letter).containsEntry("payload", "poison")
				.hasEntrySatisfying("message",
						(message) -> assertThat(message).asString().contains("delivered 3 times")));
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void doesNotCountADeliveryThatEndedWithItsPipeline() {
		RunningApplication application = start("dead-after=1h");
		push("1");
		awaitWritten("1");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
		application.recorder().hold();
		this.source.commands().rpush(CLAIMS + "items:some-token", "2", "3");
		this.source.commands().sadd(CLAIMS + "slots", "0");
		this.source.commands().hset(CLAIMS + "claim:0", Map.of("token", "some-token", "attempts", "2"));
		// lets the reader find it
		push("4");
		RunningApplication.await().until(application.recorder()::isHolding);
		assertThat(this.source.commands().hget(CLAIMS + "claim:0", "attempts")).isEqualTo("3");
		((PullPipeline) application.pipeline()).fail("nothing to do with an event");
		application.recorder().release();
		RunningApplication.await()
			.untilAsserted(
					() -> assertThat(this.source.commands().hget(CLAIMS + "claim:0", "attempts")).isEqualTo("0"));
		application.pipeline().resume();
		awaitWritten("1", "2", "3", "4");
	}

	@Test
	void failsWhenMemoryIsExhaustedAndReadsOnWhenItIsResumed() {
		RunningApplication application = start();
		application.recorder().exhaust();
		push("1", "2");
		application.awaitState(PipelineState.FAILED);
		assertThat(application.pipeline().status().reason()).contains("OutOfMemoryError");
		application.pipeline().resume();
		awaitWritten("1", "2");
	}

	@Test
	void losesNothingWhenTheServerIsKilledWhileItWaits() {
		this.source.close();
		this.source = RedisSource.createWithOwnServer("--appendonly", "yes", "--appendfsync", "always");
		RunningApplication application = start();
		for (int round = 0; round < 3; round++) {
			push("a" + round, "b" + round);
			this.source.redis().server().kill();
			application.awaitState(PipelineState.RETRYING);
			this.source.redis().server().start();
			push("c" + round);
			int rows = 3 * (round + 1);
			RunningApplication.await()
				.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(rows)
					.doesNotHaveDuplicates());
		}
	}

	@Test
	void stopsSoonAlthoughTheServerDoesNotAnswer() {
		this.source.close();
		this.source = RedisSource.createWithOwnServer();
		RunningApplication application = start();
		push("1");
		awaitWritten("1");
		this.source.commands().clientPause(Duration.ofMinutes(10).toMillis());
		long begin = System.nanoTime();
		this.running.remove(application);
		application.close();
		// and not as long as the application may take to stop
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
	}

	@Test
	void readsOnAfterEverythingWasDeleted() {
		start("dead-after=1s");
		push("1");
		awaitWritten("1");
		this.source.commands().flushall();
		push("2");
		awaitWritten("1", "2");
		RunningApplication.await()
			.until(() -> this.source.commands().exists(CLAIMS + "lease:0") == 1 && leftBehind().isEmpty());
	}

	@Test
	void deliversNothingWhilePausedAlthoughItWaited() {
		RunningApplication application = start();
		push("1");
		awaitWritten("1");
		application.pipeline().pause();
		push("2");
		RunningApplication.await()
			.during(Duration.ofSeconds(1))
			.until(() -> RunningApplication.written(this.database).equals(List.of("1")));
		application.pipeline().resume();
		awaitWritten("1", "2");
	}

	@ParameterizedTest
	@CsvSource({ "LEFT,123", "RIGHT,987" })
	void takesNoMoreAtOnceThanSoManyBytesAndOneElement(End end, String expected) {
		push("1", "2", "3", "4", "5", "6", "7", "8", "9");
		try (RedisSession session = this.source.session()) {
			ClaimStore store = store(session, "owner", 3);
			assertThat(store.lease(0)).isTrue();
			assertThat(texts(store.take("orders", end, 0, "some-token"))).isEqualTo(expected);
			assertThat(texts(store.items("some-token", 0, 3))).isEqualTo(expected);
			store.settle(0, "some-token");
			this.source.commands().lset("orders", (end == End.LEFT) ? 0 : -1, "larger than that");
			assertThat(texts(store.take("orders", end, 0, "next"))).isEqualTo("larger than that");
		}
	}

	@Test
	void takesNoMoreWhileItsBatchIsInFlight() throws Exception {
		start("batch-size=10");
		List<String> all = IntStream.rangeClosed(1, 1000).mapToObj(String::valueOf).toList();
		RunningApplication.withoutWriting(this.database, () -> push(all.toArray(String[]::new)),
				() -> assertThat(this.source.commands().llen("orders")).as("elements that are left in the list")
					.isGreaterThanOrEqualTo(990));
		awaitWritten(all.toArray(String[]::new));
	}

	private RunningApplication start(String... more) {
		RunningApplication application = RunningApplication.start(this.database,
				this.source.properties("orders", "recorder",
						Stream.concat(Stream.of("list=orders"), Arrays.stream(more)).toArray(String[]::new)),
				"mega.namespace=mega");
		this.running.add(application);
		return application;
	}

	private @Nullable List<byte[]> takeLate() {
		try (RedisSession former = this.source.session()) {
			return store(former, this.source.commands().get(CLAIMS + "lease:0"), 1000).take("orders", End.LEFT, 0,
					"late");
		}
	}

	private static ClaimStore store(RedisSession session, String owner, long batchBytes) {
		return new ClaimStore(session,
				new ClaimSettings(CLAIMS.substring(0, CLAIMS.length() - 1), 1000, batchBytes, Duration.ofHours(1), 10),
				owner);
	}

	private static String texts(@Nullable List<byte[]> elements) {
		assertThat(elements).isNotNull();
		return elements.stream().map(String::new).collect(Collectors.joining());
	}

	private void push(String... elements) {
		this.source.commands().rpush("orders", elements);
	}

	private List<String> leftBehind() {
		return this.source.commands().keys("*").stream().filter((key) -> !key.contains(":lease:")).toList();
	}

	private void awaitWritten(String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).containsExactly(payloads));
	}

}
