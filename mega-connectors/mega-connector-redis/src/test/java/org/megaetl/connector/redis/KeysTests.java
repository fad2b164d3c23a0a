package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.SetArgs;
import io.lettuce.core.json.JsonPath;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PipelineState;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

import static io.lettuce.core.protocol.CommandType.HGETALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * Keys, beyond the contract.
 */
class KeysTests {

	private static final String CLAIMS = "{mega}:mega-claims:mega/redis.orders:";

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
	void deliversHashesAsJsonAndStringsAsTheyAre() {
		this.source.commands().hset("order:1", "name", "Widget");
		this.source.commands().set("order:2", "as it is");
		this.source.commands().set("{order}:other", "another");
		this.source.commands().rpush("order:3", "a list");
		RunningApplication application = start();
		awaitWritten("{\"name\":\"Widget\"}", "as it is");
		assertThat(JdbcClient.create(this.database.dataSource())
			.sql("SELECT headers FROM received ORDER BY arrival")
			.query(String.class)
			.list()).containsExactly("{redis-key=[order:1]}", "{redis-key=[order:2]}");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(leftBehind()).containsExactlyInAnyOrder("order:3", "{order}:other"));
		RunningApplication.await().until(() -> Long.valueOf(1).equals(application.pipeline().source().lag()));
		assertThat(application.details()).containsEntry("delivery", "effectively-once");
	}

	@Test
	void deliversJson() {
		assumeTrue(this.source.commands().commandInfo("JSON.SET").get(0) != null, "the server has no JSON");
		this.source.commands().jsonSet("order:1", JsonPath.ROOT_PATH, "{\"a\":[1,2]}");
		start();
		awaitWritten("{\"a\":[1,2]}");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void leavesKeysAloneThatItMayNotReadAndReadsTheOthers(CapturedOutput output) {
		this.source.close();
		this.source = RedisSource.createWithOwnServer();
		this.source.commands()
			.aclSetuser("etl",
					AclSetuserArgs.Builder.on().addPassword("secret").allKeys().allCommands().removeCommand(HGETALL));
		this.source.commands().hset("order:1", "name", "Widget");
		this.source.commands().set("order:2", "2");
		RunningApplication application = start(
				"connection.url=redis://etl:secret@" + this.source.redis().host() + ":" + this.source.redis().port());
		awaitWritten("2");
		this.source.commands().set("order:3", "3");
		awaitWritten("2", "3");
		assertThat(this.source.commands().hgetall("order:1")).containsEntry("name", "Widget");
		assertThat(application.pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
		assertThat(output).containsOnlyOnce("of the type 'hash', such as 'order:1'").contains("can't run this command");
		this.source.commands().aclSetuser("etl", AclSetuserArgs.Builder.addCommand(HGETALL));
		awaitWritten("2", "3", "{\"name\":\"Widget\"}");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void leavesKeysAloneThatTheUserMayNotAccessAndReadsTheOthers(CapturedOutput output) {
		this.source.close();
		this.source = RedisSource.createWithOwnServer();
		this.source.commands()
			.aclSetuser("etl",
					AclSetuserArgs.Builder.on()
						.addPassword("secret")
						.keyPattern("*:mega-claims:*")
						.keyPattern("order:2*")
						.allCommands());
		this.source.commands().set("order:1", "1");
		this.source.commands().set("order:20", "20");
		RunningApplication application = start(
				"connection.url=redis://etl:secret@" + this.source.redis().host() + ":" + this.source.redis().port());
		awaitWritten("20");
		this.source.commands().set("order:21", "21");
		awaitWritten("20", "21");
		assertThat(this.source.commands().get("order:1")).isEqualTo("1");
		assertThat(application.pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
		assertThat(output).containsOnlyOnce("such as 'order:1', or cannot be read: NOPERM");
	}

	@Test
	void triesAgainWhereTheUserMayNotAccessTheNamesThatKeysAreClaimedWith() {
		this.source.close();
		this.source = RedisSource.createWithOwnServer();
		this.source.commands()
			.aclSetuser("etl",
					AclSetuserArgs.Builder.on()
						.addPassword("secret")
						.keyPattern("{mega}:mega-claims:*")
						.keyPattern("order:*")
						.allCommands());
		this.source.commands().set("order:1", "1");
		RunningApplication application = start(
				"connection.url=redis://etl:secret@" + this.source.redis().host() + ":" + this.source.redis().port());
		RunningApplication.await().until(() -> application.pipeline().status().state() == PipelineState.RETRYING);
		assertThat(this.source.commands().get("order:1")).isEqualTo("1");
		this.source.commands().aclSetuser("etl", AclSetuserArgs.Builder.keyPattern("*:mega-claims:*"));
		awaitWritten("1");
	}

	@Test
	void writesWhatIsWrittenUnderTheOldNameAsTheNextEvent() {
		RunningApplication application = start();
		application.recorder().hold();
		this.source.commands().set("order:1", "first");
		RunningApplication.await().until(application.recorder()::isHolding);
		this.source.commands().set("order:1", "second");
		application.recorder().release();
		awaitWritten("first", "second");
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void losesNoKeyThatWouldExpireWhileItIsRead() {
		RunningApplication application = start();
		application.recorder().hold();
		this.source.commands().set("order:1", "short-lived", SetArgs.Builder.ex(3600));
		RunningApplication.await().until(application.recorder()::isHolding);
		// claimed, it does not expire, however long the commit takes
		assertThat(this.source.commands().keys("{order:1}:mega-claims:*")).singleElement()
			.satisfies((claimed) -> assertThat(this.source.commands().pttl(claimed)).isEqualTo(-1));
		application.recorder().release();
		awaitWritten("short-lived");
	}

	@Test
	void sharesKeysBetweenInstances() {
		Map<String, String> keys = new HashMap<>();
		IntStream.rangeClosed(1, 2000).forEach((number) -> keys.put("order:" + number, String.valueOf(number)));
		this.source.commands().mset(keys);
		start("batch-size=37", "concurrency=2");
		start("batch-size=37");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(2000)
				.containsExactlyInAnyOrderElementsOf(keys.values()));
		RunningApplication.await().until(() -> leftBehind().isEmpty());
	}

	@Test
	void renamesKeysThatAreCommitted() {
		this.source.commands().hset("order:1", "name", "Widget");
		start("after=rename", "rename-prefix=done:");
		awaitWritten("{\"name\":\"Widget\"}");
		RunningApplication.await().untilAsserted(() -> assertThat(leftBehind()).containsExactly("done:order:1"));
		assertThat(this.source.commands().hgetall("done:order:1")).containsEntry("name", "Widget");
	}

	@Test
	void readsKeysThatStayAgainWhenTheyHaveChanged() {
		this.source.commands().set("order:1", "a");
		RunningApplication first = start("after=keep");
		awaitWritten("a");
		assertThat(first.details()).containsEntry("delivery", "at-least-once");
		this.source.commands().set("order:1", "b");
		awaitWritten("a", "b");
		this.source.commands().set("order:1", "a");
		awaitWritten("a", "b", "a");
		this.running.remove(first);
		first.close();
		RunningApplication second = start("after=keep");
		RunningApplication standby = start("after=keep");
		this.source.commands().set("order:2", "c");
		awaitWritten("a", "b", "a", "c");
		this.running.remove(second);
		second.close();
		this.source.commands().set("order:2", "d");
		awaitWritten("a", "b", "a", "c", "d");
		assertThat(standby.pipeline().status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void finishesWhatWasCommittedAndDeliversTheRestOfAClaimThatWasLeft() {
		// what an instance leaves that was killed: one key noted but not claimed, one
		// claimed
		this.source.commands().hset(CLAIMS + "claim:0", "token", "some-token");
		this.source.commands().rpush(CLAIMS + "items:some-token", "order:1", "order:2");
		this.source.commands().sadd(CLAIMS + "slots", "0");
		this.source.commands().set("order:1", "1");
		this.source.commands().set("{order:2}:mega-claims:some-token:7", "2");
		start();
		awaitWritten("2", "1");
		// what keeps a late command from claiming the first key after all
		RunningApplication.await()
			.untilAsserted(() -> assertThat(leftBehind()).containsExactly("{order:1}:mega-claims:some-token:7"));
		assertThat(this.source.commands().ttl("{order:1}:mega-claims:some-token:7")).isPositive();
	}

	@Test
	void losesNoKeyThatIsClaimedAfterTheClaimWasTakenOver() throws InterruptedException {
		// an instance has noted a key and is slow: it claims the key when another has
		// already found that there is nothing to take over
		this.source.commands().hset(CLAIMS + "claim:0", "token", "some-token");
		this.source.commands().rpush(CLAIMS + "items:some-token", "order:1");
		this.source.commands().sadd(CLAIMS + "slots", "0");
		start("poll-interval=1h");
		RunningApplication.await().until(() -> this.source.commands().exists(CLAIMS + "claim:0") == 0);
		this.source.commands().set("order:1", "1");
		try (RedisSession slow = this.source.session()) {
			assertThat(new KeyValues(slow)
				.read(List.<String[]>of(new String[] { "order:1", "{order:1}:mega-claims:some-token:7" })))
				.singleElement()
				.matches(KeyValues.Value::isMissing);
		}
		assertThat(this.source.commands().get("order:1")).isEqualTo("1");
		start();
		awaitWritten("1");
	}

	@Test
	void losesNoKeyThatIsClaimedWhenACommandOfAFormerConnectionIsLate() {
		RunningApplication zombie = start("dead-after=1h");
		zombie.recorder().hold();
		this.source.commands().set("order:1", "1");
		RunningApplication.await().until(zombie.recorder()::isHolding);
		ClaimSettings settings = new ClaimSettings(CLAIMS.substring(0, CLAIMS.length() - 1), 1000, 1000,
				Duration.ofHours(1), 10);
		try (RedisSession former = this.source.session()) {
			String owner = this.source.commands().get(CLAIMS + "lease:0");
			new ClaimStore(former, settings, owner).note(List.of("order:2"), 0, "late");
		}
		// as if it had given no sign of life
		this.source.commands().del(CLAIMS + "lease:0");
		start();
		awaitWritten("1");
		zombie.recorder().release();
	}

	@Test
	void tellsKeysApartThatHaveTheSameHashTag() {
		RunningApplication application = start("keys=*order:1*");
		application.recorder().hold();
		this.source.commands().mset(Map.of("order:1", "1", "{order:1}", "2"));
		RunningApplication.await().until(application.recorder()::isHolding);
		assertThat(this.source.commands()
			.keys("{order:1}:mega-claims:*")
			.stream()
			.map((claimed) -> this.source.commands().get(claimed))).containsExactlyInAnyOrder("1", "2");
		application.recorder().release();
		RunningApplication.await()
			.untilAsserted(
					() -> assertThat(RunningApplication.written(this.database)).containsExactlyInAnyOrder("1", "2"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "delete", "keep" })
	void isWokenByKeyspaceNotifications(String after) {
		this.source.close();
		this.source = RedisSource.createWithOwnServer("--notify-keyspace-events", "KA");
		this.source.commands().set("order:0", "0");
		start("poll-interval=1h", "after=" + after);
		awaitWritten("0");
		awaitEachOfThreeMore();
	}

	private void awaitEachOfThreeMore() {
		for (int number = 1; number <= 3; number++) {
			this.source.commands().set("order:" + number, String.valueOf(number));
			int rows = number + 1;
			RunningApplication.await()
				.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(rows));
		}
	}

	@Test
	void isWokenAgainAfterTheServerHasEndedItsSubscription() {
		this.source.close();
		this.source = RedisSource.createWithOwnServer("--notify-keyspace-events", "KA");
		start("poll-interval=1h");
		this.source.commands().set("order:0", "0");
		awaitWritten("0");
		RunningApplication.await()
			.untilAsserted(() -> assertThat(this.source.commands().clientKill(KillArgs.Builder.typePubsub()))
				.as("subscriptions that were ended")
				.isPositive());
		this.source.commands().set("order:1", "1");
		awaitWritten("0", "1");
	}

	@Test
	void readsOnWhereNothingAnswersItsSubscription() throws Exception {
		try (SilentProxy proxy = new SilentProxy(this.source.redis().port())) {
			proxy.swallowSubscriptions();
			start("connection.host=127.0.0.1", "connection.port=" + proxy.port(),
					"connection.database=" + this.source.redis().database());
			this.source.commands().set("order:0", "0");
			awaitWritten("0");
			// the first may be found before anything is subscribed to
			awaitEachOfThreeMore();
		}
	}

	@Test
	void isWokenWhenItMayListenAfterAll() {
		this.source.close();
		this.source = RedisSource.createWithOwnServer("--notify-keyspace-events", "KA");
		this.source.commands()
			.aclSetuser("etl",
					AclSetuserArgs.Builder.on().addPassword("secret").allKeys().resetChannels().allCommands());
		this.source.commands().set("order:0", "0");
		start("poll-interval=1h",
				"connection.url=redis://etl:secret@" + this.source.redis().host() + ":" + this.source.redis().port());
		awaitWritten("0");
		RunningApplication.await().until(() -> !this.source.commands().aclLog().isEmpty());
		this.source.commands().aclSetuser("etl", AclSetuserArgs.Builder.allChannels());
		this.source.commands().set("order:1", "1");
		awaitWritten("0", "1");
	}

	@Test
	void claimsNoMoreWhileItsBatchIsInFlight() throws Exception {
		start("batch-size=10");
		Map<String, String> keys = new HashMap<>();
		IntStream.rangeClosed(1, 1000).forEach((number) -> keys.put("order:" + number, String.valueOf(number)));
		RunningApplication.withoutWriting(this.database, () -> this.source.commands().mset(keys),
				() -> assertThat(this.source.commands().keys("order:*")).as("keys that are not claimed")
					.hasSizeGreaterThanOrEqualTo(990));
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).hasSize(1000)
				.containsExactlyInAnyOrderElementsOf(keys.values()));
	}

	private RunningApplication start(String... more) {
		List<String> inbound = new ArrayList<>(Arrays.asList(more));
		if (inbound.stream().noneMatch((property) -> property.startsWith("keys"))) {
			inbound.add("keys=order:*");
		}
		if (Stream.of(more).noneMatch((property) -> property.startsWith("poll-interval"))) {
			inbound.add("poll-interval=50ms");
		}
		RunningApplication application = RunningApplication.start(this.database,
				this.source.properties("orders", "recorder", inbound.toArray(String[]::new)), "mega.namespace=mega");
		this.running.add(application);
		return application;
	}

	private List<String> leftBehind() {
		return this.source.commands()
			.keys("*")
			.stream()
			.filter((key) -> !key.contains(":lease:") && !key.endsWith(":seen"))
			.toList();
	}

	private void awaitWritten(String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).containsExactly(payloads));
	}

}
