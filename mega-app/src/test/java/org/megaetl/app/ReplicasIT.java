package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.devservices.TestRedis;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two and three instances of the packaged application on one database, broker and Redis,
 * while events flow: they are started all at once on an empty database, replaced one
 * after another as a rolling update does, and one is killed. Each event must be there
 * once. With {@code -Dtests.replicas=long}, that goes on for ten rounds.
 */
class ReplicasIT {

	private static final Logger logger = LoggerFactory.getLogger(ReplicasIT.class);

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final String TOPIC = "replicas";

	private static final String BUFFER = "replicas-buffered";

	@TempDir
	private Path directory;

	private int started;

	@Test
	void loseAndDoubleNothingWhileTheyComeAndGo() throws Exception {
		int rounds = "long".equals(System.getProperty("tests.replicas")) ? 10 : 1;
		try (TestDatabase database = TestDatabase.create();
				TestKafka kafka = TestKafka.shared();
				TestRedis redis = TestRedis.create()) {
			kafka.createTopics(List.of(TOPIC, BUFFER));
			// all tables are theirs to create, and a mapping wants its own at start
			Path migrations = Files.createDirectory(this.directory.resolve("migrations"));
			Files.writeString(migrations.resolve("V1__audit.sql"),
					"CREATE TABLE audit (source VARCHAR(40) NOT NULL, number INT NOT NULL)");
			List<String> arguments = new ArrayList<>(arguments(database, kafka, redis));
			arguments.add("--spring.flyway.locations=filesystem:" + migrations);
			List<PackagedApplication> running = new ArrayList<>();
			try (ReplicaLoad load = new ReplicaLoad(kafka, TOPIC, redis)) {
				for (int i = 0; i < 3; i++) {
					running.add(start(arguments));
				}
				for (PackagedApplication each : running) {
					load.add(each.awaitAddress());
					assertThat(each.log()).contains("-> buffer of kafka.buffered");
				}
				load.start();
				for (int round = 0; round < rounds; round++) {
					load.awaitProgress();
					// a rolling update, of which the first instance is enough to see
					replace(running, arguments, load);
					load.awaitProgress();
					PackagedApplication victim = running.remove(0);
					victim.kill();
					load.awaitProgress();
					if (round + 1 < rounds) {
						running.add(start(arguments));
						load.add(running.get(running.size() - 1).awaitAddress());
					}
				}
				replace(running, arguments, load);
				Map<String, Integer> sent = load.finish();
				audit(database, sent);
			}
			finally {
				running.forEach(PackagedApplication::close);
			}
		}
	}

	private void replace(List<PackagedApplication> running, List<String> arguments, ReplicaLoad load) throws Exception {
		PackagedApplication added = start(arguments);
		running.add(added);
		load.add(added.awaitAddress());
		PackagedApplication old = running.remove(0);
		String address = old.awaitAddress();
		old.stop();
		assertThat(old.awaitExit()).as(old::log).isEqualTo(143);
		load.remove(address);
		assertThat(old.log()).doesNotContain(" ERROR ");
	}

	private static void audit(TestDatabase database, Map<String, Integer> sent) {
		JdbcClient jdbc = JdbcClient.create(database.dataSource());
		sent.forEach((source, count) -> await(source).atMost(PATIENCE)
			.untilAsserted(() -> assertThat(jdbc.sql("SELECT COUNT(DISTINCT number) FROM audit WHERE source = ?")
				.param(source)
				.query(Integer.class)
				.single()).as("events of %s that have a row", source).isEqualTo(count)));
		sent.forEach((source, count) -> assertThat(
				jdbc.sql("SELECT COUNT(*) FROM audit WHERE source = ?").param(source).query(Integer.class).single())
			.as("rows of %s", source)
			.isEqualTo(count));
		assertThat(jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single()).isZero();
		logger.info("AUDIT replicas: {}, each once", sent);
	}

	private PackagedApplication start(List<String> arguments) throws IOException {
		int number = ++this.started;
		List<String> all = new ArrayList<>(arguments);
		all.add("--mega.connectors.redis.inbound.events.consumer=replica-" + number);
		return PackagedApplication.start(Files.createDirectory(this.directory.resolve("replica-" + number)), Map.of(),
				all.toArray(String[]::new));
	}

	private static List<String> arguments(TestDatabase database, TestKafka kafka, TestRedis redis) {
		String webhook = "mega.connectors.webhook.";
		String kafkaInbound = "mega.connectors.kafka.inbound.";
		List<String> properties = new ArrayList<>(List.of(database.toProperties()));
		properties.addAll(List.of(redis.toProperties()));
		properties.addAll(List.of("spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(), //
				"mega.transformers.audit.type=mapping", "mega.transformers.audit.table=audit",
				"mega.transformers.audit.mode=insert", "mega.transformers.audit.columns.source=metadata:source",
				"mega.transformers.audit.columns.number=/number", //
				webhook + "enabled=true", webhook + "inbound.events.path=/events",
				webhook + "inbound.events.transformer=audit", webhook + "inbound.events.event-id=/number",
				webhook + "inbound.buffered.path=/buffered", webhook + "inbound.buffered.buffer=kafka",
				webhook + "inbound.buffered.event-id=/number", //
				"mega.connectors.kafka.enabled=true", kafkaInbound + "events.topics=" + TOPIC,
				kafkaInbound + "events.transformer=audit", kafkaInbound + "buffered.topics=" + BUFFER,
				kafkaInbound + "buffered.transformer=audit", //
				"mega.connectors.redis.enabled=true", "mega.connectors.redis.inbound.events.stream=events",
				"mega.connectors.redis.inbound.events.transformer=audit",
				"mega.connectors.redis.inbound.events.claim-after=5s"));
		for (String inbound : List.of("events", "buffered")) {
			properties.add(kafkaInbound + inbound + ".properties[session.timeout.ms]=6000");
			properties.add(kafkaInbound + inbound + ".properties[heartbeat.interval.ms]=1000");
		}
		return properties.stream().map((property) -> "--" + property).toList();
	}

}
