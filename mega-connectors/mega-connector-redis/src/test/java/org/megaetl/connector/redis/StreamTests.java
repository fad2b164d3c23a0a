package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lettuce.core.Consumer;
import io.lettuce.core.Range;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PipelineState;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Streams, beyond the contract.
 */
class StreamTests {

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
	void deliversThePayloadFieldOrElseAllFields() {
		this.source.commands().xadd("orders", Map.of("payload", "whole", "trace", "abc"));
		this.source.commands().xadd("orders", Map.of("name", "J\u00fcrgen \"J\""));
		RunningApplication application = start();
		awaitWritten("whole", "{\"name\":\"J\u00fcrgen \\\"J\\\"\"}");
		assertThat(headers().get(0)).contains("trace=[abc]").contains("redis-id=[");
		assertThat(application.details()).containsEntry("delivery", "effectively-once");
		RunningApplication.await().until(() -> pending() == 0);
		RunningApplication.await().until(() -> Long.valueOf(0).equals(application.pipeline().source().lag()));
		application.recorder().hold();
		add(1, 3);
		RunningApplication.await().until(application.recorder()::isHolding);
		add(4, 5);
		application.recorder().release();
		awaitWritten("whole", "{\"name\":\"J\u00fcrgen \\\"J\\\"\"}", "1", "2", "3", "4", "5");
	}

	@Test
	void beginsWhereItIsTold() {
		add(1, 3);
		RunningApplication application = start("start=$");
		RunningApplication.await().until(() -> !this.source.commands().xinfoGroups("orders").isEmpty());
		add(4, 5);
		awaitWritten("4", "5");
		// gone and created again, it must not skip what came between
		this.source.commands().del("orders");
		add(6, 7);
		awaitWritten("4", "5", "6", "7");
		assertThat(application.pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void takesOverWhatAConsumerThatIsGoneLeftBehind() {
		add(1, 10);
		read("former", 10);
		// two of them are deleted since
		List<String> ids = this.source.commands()
			.xrange("orders", Range.unbounded())
			.stream()
			.map((entry) -> entry.getId())
			.toList();
		this.source.commands().xdel("orders", ids.get(3), ids.get(4));
		RunningApplication application = start("consumer=renamed", "claim-after=200ms");
		awaitWritten("1", "2", "3", "6", "7", "8", "9", "10");
		RunningApplication.await().until(() -> pending() == 0);
		RunningApplication.await()
			.untilAsserted(() -> assertThat(application.details()).containsEntry("deleted-while-pending", 2L)
				.containsEntry("taken-over", 8L));
	}

	@Test
	void countsWhatWasTrimmedWhileItWasPendingHere() {
		add(1, 10);
		read("here", 6);
		this.source.commands().xtrim("orders", 6);
		RunningApplication application = start("consumer=here");
		awaitWritten("5", "6", "7", "8", "9", "10");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(application.details()).containsEntry("deleted-while-pending", 4L));
		RunningApplication.await().until(() -> pending() == 0);
	}

	@Test
	void refusesWhatWasDeliveredTooOftenAndNotItsNeighbours() {
		add(1, 6);
		read("here", 6);
		String poison = this.source.commands().xrange("orders", Range.unbounded()).get(0).getId();
		this.source.commands()
			.xclaim("orders", Consumer.from("mega", "here"), XClaimArgs.Builder.minIdleTime(0).retryCount(3), poison);
		start("consumer=here", "max-deliveries=3");
		awaitWritten("2", "3", "4", "5", "6");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.deadLetters(this.database)).singleElement()
				.satisfies((letter) -> assertThat(letter).containsEntry("payload", "1")
					.hasEntrySatisfying("message",
							(message) -> assertThat(message).asString().contains("delivered 3 times"))));
		RunningApplication.await().until(() -> pending() == 0);
	}

	@Test
	void writesReusedIdsOfAStreamThatWasCreatedAgain() {
		addWithIds(1, 5);
		start();
		awaitWritten("1", "2", "3", "4", "5");
		this.source.commands().del("orders");
		addWithIds(1, 3);
		awaitWritten("1", "2", "3", "4", "5", "1", "2", "3");
		this.source.commands().flushall();
		addWithIds(1, 2);
		awaitWritten("1", "2", "3", "4", "5", "1", "2", "3", "1", "2");
	}

	@Test
	void writesReusedIdsOfAStreamThatWasReplacedWhileItWasNotRunning() {
		addWithIds(1, 3);
		RunningApplication first = start();
		awaitWritten("1", "2", "3");
		this.running.remove(first);
		first.close();
		this.source.commands().del("orders");
		addWithIds(1, 3);
		start();
		awaitWritten("1", "2", "3", "1", "2", "3");
	}

	@Test
	void writesNothingTwiceWhenItsGroupWasDestroyed() {
		add(1, 5);
		start();
		awaitWritten("1", "2", "3", "4", "5");
		RunningApplication.await().until(() -> pending() == 0);
		this.source.commands().xgroupDestroy("orders", "mega");
		add(6, 7);
		awaitWritten("1", "2", "3", "4", "5", "6", "7");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsOnAfterTheServerWasRestarted(boolean persistent) {
		this.source.close();
		this.source = persistent ? RedisSource.createWithOwnServer("--appendonly", "yes", "--appendfsync", "always")
				: RedisSource.createWithOwnServer();
		addWithIds(1, 3);
		RunningApplication application = start();
		awaitWritten("1", "2", "3");
		RunningApplication.await().until(() -> pending() == 0);
		this.source.redis().server().kill();
		application.awaitState(PipelineState.RETRYING);
		assertThat(application.pipeline().status().reason()).contains("the source is not available");
		this.source.redis().server().start();
		application.awaitState(PipelineState.RUNNING);
		List<String> expected = new ArrayList<>(List.of("1", "2", "3"));
		if (persistent) {
			addWithIds(4, 5);
			expected.addAll(List.of("4", "5"));
		}
		else {
			// another stream, which uses ids of the former one
			addWithIds(2, 3);
			expected.addAll(List.of("2", "3"));
		}
		awaitWritten(expected.toArray(String[]::new));
	}

	@Test
	void sharesAStreamBetweenInstances() {
		start("consumer=one", "batch-size=50");
		start("consumer=two", "batch-size=50", "concurrency=2");
		add(1, 3000);
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(3000)
				.containsExactlyInAnyOrderElementsOf(
						IntStream.rangeClosed(1, 3000).mapToObj(String::valueOf).toList()));
		assertThat(consumers()).contains("one", "two", "two-2");
	}

	@Test
	void removesConsumersThatWereIdleForLong() {
		add(1, 2);
		read("pending", 1);
		this.source.commands().xgroupCreateconsumer("orders", Consumer.from("mega", "idle"));
		start("consumer=here", "consumer-retention=100ms", "claim-after=1h");
		awaitWritten("2");
		RunningApplication.await().untilAsserted(() -> assertThat(consumers()).containsExactly("here", "pending"));
	}

	@Test
	void trimsNothingThatAnotherGroupNeeds() {
		add(1, 50);
		this.source.commands().xgroupCreate(StreamOffset.from("orders", "0"), "other");
		RunningApplication application = start("max-length=10");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(50));
		read("other", "reader", 20);
		RunningApplication.await()
			.during(Duration.ofSeconds(2))
			.until(() -> this.source.commands().xlen("orders") == 50);
		acknowledgeAll("other", "reader");
		RunningApplication.await().until(() -> this.source.commands().xlen("orders") == 30);
		read("other", "reader", 30);
		acknowledgeAll("other", "reader");
		RunningApplication.await().until(() -> this.source.commands().xlen("orders") == 10);
		assertThat(application.pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void trimsWhatIsOld() {
		addWithIds(1, 5);
		add(6, 8);
		start("max-age=1h");
		awaitWritten("1", "2", "3", "4", "5", "6", "7", "8");
		RunningApplication.await().until(() -> this.source.commands().xlen("orders") == 3);
	}

	@Test
	void deletesWhatIsAcknowledged() {
		add(1, 20);
		start("delete-acknowledged=true");
		RunningApplication.await().until(() -> this.source.commands().xlen("orders") == 0);
		assertThat(RunningApplication.written(this.database)).hasSize(20);
	}

	@Test
	void deletesNothingThatAnotherGroupNeeds() {
		add(1, 20);
		this.source.commands()
			.xgroupCreate(StreamOffset.from("orders", "0"), "other", XGroupCreateArgs.Builder.mkstream());
		start("delete-acknowledged=true");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(20));
		RunningApplication.await().until(() -> pending() == 0);
		assertThat(this.source.commands().xlen("orders")).isEqualTo(20);
	}

	private RunningApplication start(String... more) {
		RunningApplication application = RunningApplication.start(this.database, this.source.properties("orders",
				"recorder", Stream.concat(Stream.of("stream=orders"), Arrays.stream(more)).toArray(String[]::new)));
		this.running.add(application);
		return application;
	}

	private void add(int from, int to) {
		for (int number = from; number <= to; number++) {
			this.source.commands().xadd("orders", Map.of("payload", String.valueOf(number)));
		}
	}

	private void addWithIds(int from, int to) {
		for (int number = from; number <= to; number++) {
			this.source.commands()
				.xadd("orders", new XAddArgs().id(number + "-1"), Map.of("payload", String.valueOf(number)));
		}
	}

	private void read(String consumer, int count) {
		this.source.commands()
			.xgroupCreate(StreamOffset.from("orders", "0"), "mega", XGroupCreateArgs.Builder.mkstream());
		read("mega", consumer, count);
	}

	@SuppressWarnings("unchecked")
	private void read(String group, String consumer, int count) {
		assertThat(this.source.commands()
			.xreadgroup(Consumer.from(group, consumer), XReadArgs.Builder.count(count),
					StreamOffset.lastConsumed("orders")))
			.hasSize(count);
	}

	@SuppressWarnings("unchecked")
	private void acknowledgeAll(String group, String consumer) {
		this.source.commands()
			.xreadgroup(Consumer.from(group, consumer), StreamOffset.from("orders", "0"))
			.forEach((entry) -> this.source.commands().xack("orders", group, entry.getId()));
	}

	private long pending() {
		return this.source.commands().xpending("orders", "mega").getCount();
	}

	private List<String> consumers() {
		return this.source.commands()
			.xinfoConsumers("orders", "mega")
			.stream()
			.map((consumer) -> String.valueOf(((List<?>) consumer).get(1)))
			.sorted()
			.toList();
	}

	private List<String> headers() {
		return JdbcClient.create(this.database.dataSource())
			.sql("SELECT headers FROM received ORDER BY arrival")
			.query(String.class)
			.list();
	}

	private void awaitWritten(String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).containsExactly(payloads));
	}

}
