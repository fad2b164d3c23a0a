package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.List;

import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PipelineState;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Channels.
 */
class ChannelTests {

	private RedisSource source;

	private TestDatabase database;

	private final List<RunningApplication> running = new ArrayList<>();

	@BeforeEach
	void create() {
		this.source = RedisSource.createWithOwnServer("--client-output-buffer-limit", "pubsub 64kb 0 0");
		this.database = TestDatabase.create();
	}

	@AfterEach
	void close() {
		this.running.forEach(RunningApplication::close);
		this.source.close();
		this.database.close();
	}

	@Test
	void writesWhatIsPublished() {
		RunningApplication application = start("channel=orders");
		publish("orders", "1", 1);
		publish("other", "no", 0);
		publish("orders", "2", 1);
		awaitWritten("1", "2");
		assertThat(application.details()).containsEntry("delivery", "at-most-once").doesNotContainKey("dropped");
		RunningApplication.await().until(() -> Long.valueOf(0).equals(application.pipeline().source().lag()));
	}

	@Test
	void writesWhatIsPublishedToChannelsOfAPattern() {
		start("pattern=orders.*");
		publish("orders.eu", "1", 1);
		publish("orders.us", "refuse", 1);
		publish("orders.us", "2", 1);
		awaitWritten("1", "2");
		assertThat(JdbcClient.create(this.database.dataSource())
			.sql("SELECT headers FROM received ORDER BY arrival")
			.query(String.class)
			.list()).containsExactly("{redis-channel=[orders.eu]}", "{redis-channel=[orders.us]}");
		assertThat(RunningApplication.deadLetters(this.database)).hasSize(1);
	}

	@Test
	void dropsAndCountsWhatTheBufferCannotHold() {
		RunningApplication application = start("channel=orders", "buffer=10", "batch-size=1");
		application.recorder().hold();
		publish("orders", "0", 1);
		RunningApplication.await().until(application.recorder()::isHolding);
		for (int number = 1; number <= 100; number++) {
			publish("orders", String.valueOf(number), 1);
		}
		RunningApplication.await().untilAsserted(() -> assertThat(application.details()).containsEntry("dropped", 90L));
		application.recorder().release();
		awaitWritten("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10");
	}

	@Test
	void subscribesAgainAndCountsWhenTheServerEndsTheConnection() {
		RunningApplication application = start("channel=orders");
		publish("orders", "1", 1);
		awaitWritten("1");
		// more than the server keeps for a subscriber that has not read it yet
		this.source.commands().publish("orders", "x".repeat(1024 * 1024));
		RunningApplication.await()
			.untilAsserted(() -> assertThat(application.details()).containsEntry("disconnects", 1L));
		publish("orders", "2", 1);
		awaitWritten("1", "2");
		application.awaitState(PipelineState.RUNNING);
	}

	@Test
	void subscribesAgainWhenTheServerWasRestarted() {
		RunningApplication application = start("channel=orders");
		publish("orders", "1", 1);
		awaitWritten("1");
		this.source.redis().server().kill();
		application.awaitState(PipelineState.RETRYING);
		this.source.redis().server().start();
		application.awaitState(PipelineState.RUNNING);
		publish("orders", "2", 1);
		awaitWritten("1", "2");
	}

	@Test
	void subscribesAgainWhenNothingComesAnyMore() throws Exception {
		try (SilentProxy proxy = new SilentProxy(this.source.redis().port())) {
			RunningApplication application = start("channel=orders", "connection.host=127.0.0.1",
					"connection.port=" + proxy.port(), "connection.timeout=1s");
			publish("orders", "1", 1);
			awaitWritten("1");
			proxy.silence();
			RunningApplication.await()
				.untilAsserted(() -> assertThat(application.details()).containsEntry("disconnects", 1L));
			application.awaitState(PipelineState.RUNNING);
			assertThat(this.source.commands().publish("orders", "2")).isPositive();
			awaitWritten("1", "2");
		}
	}

	@Test
	void needsNoRightToPing() {
		this.source.commands()
			.aclSetuser("etl",
					AclSetuserArgs.Builder.on()
						.addPassword("secret")
						.allChannels()
						.addCommand(CommandType.SUBSCRIBE)
						.addCommand(CommandType.HELLO)
						.addCommand(CommandType.CLIENT));
		RunningApplication application = start("channel=orders", "connection.username=etl",
				"connection.password=secret", "connection.host=" + this.source.redis().host(),
				"connection.port=" + this.source.redis().port());
		publish("orders", "1", 1);
		awaitWritten("1");
		assertThat(application.details()).doesNotContainKey("disconnects");
	}

	private RunningApplication start(String... inbound) {
		RunningApplication application = RunningApplication.start(this.database,
				this.source.properties("orders", "recorder", inbound));
		this.running.add(application);
		return application;
	}

	/**
	 * Publishes as soon as there are as many subscribers.
	 */
	private void publish(String channel, String message, int subscribers) {
		if (subscribers > 0) {
			RunningApplication.await()
				.until(() -> this.source.commands().pubsubNumpat()
						+ this.source.commands().pubsubChannels().size() > 0);
		}
		assertThat(this.source.commands().publish(channel, message)).isEqualTo(subscribers);
	}

	private void awaitWritten(String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(this.database)).containsExactly(payloads));
	}

}
