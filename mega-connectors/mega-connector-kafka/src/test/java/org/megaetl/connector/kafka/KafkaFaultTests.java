package org.megaetl.connector.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.test.ApplicationProcess;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Consumers that come and go, freeze and are killed, a database and a broker that are
 * away.
 */
class KafkaFaultTests {

	/** Cleared, as the application would refuse a key that it does not know. */
	private static final boolean LONG = "long".equals(System.clearProperty("mega.storm"));

	private static final int PARTITIONS = 6;

	private static final Duration PATIENCE = Duration.ofSeconds(LONG ? 300 : 90);

	private final List<AutoCloseable> running = new ArrayList<>();

	@AfterEach
	void close() throws Exception {
		for (int i = this.running.size() - 1; i >= 0; i--) {
			this.running.get(i).close();
		}
	}

	/**
	 * Consumers join and leave every second while records flow, some of them as if their
	 * machine had stopped for longer than the group waits.
	 */
	@Test
	void losesNothingAndWritesNothingTwiceInAStormOfRebalances(@TempDir Path directory) throws Exception {
		int count = LONG ? 200_000 : 30_000;
		int rounds = LONG ? 60 : 8;
		TestDatabase database = opened(TestDatabase.create());
		Records records = new Records(database);
		TestTopic topic = opened(new TestTopic(TestKafka.shared(), PARTITIONS));
		List<String> properties = new ArrayList<>(
				topic.properties(RecordsApplication.TRANSFORMER, "properties[max.poll.records]=200"));
		properties.removeIf((property) -> property.contains("session.timeout"));
		properties.add("mega.connectors.kafka.inbound.orders.properties[session.timeout.ms]=1500");
		Random random = new Random(5);
		start(properties, database);
		ApplicationProcess frozen = opened(process(directory.resolve("frozen.txt"), properties, database));
		Thread producer = new Thread(() -> produce(topic, count, rounds), "producer");
		producer.start();
		for (int round = 0; round < rounds; round++) {
			ConfigurableApplicationContext coming = start(properties, database);
			if (round % 4 == 1) {
				frozen.freeze();
			}
			Awaitility.await()
				.pollDelay(Duration.ofMillis(500 + random.nextInt(500)))
				.atMost(PATIENCE)
				.until(() -> true);
			coming.close();
			if (round % 4 == 3) {
				frozen.resume();
			}
		}
		producer.join();
		frozen.resume();
		Awaitility.await().atMost(PATIENCE).until(() -> records.count() >= count);
		assertThat(records.count()).isEqualTo(count);
		assertThat(records.jdbc().sql("SELECT COUNT(DISTINCT body) FROM records").query(Integer.class).single())
			.isEqualTo(count);
		for (int partition = 0; partition < PARTITIONS; partition++) {
			assertThat(records.bodies(partition).stream().map(Integer::valueOf).toList()).isSorted();
		}
		assertThat(deadLetters(records)).isZero();
	}

	/**
	 * A consumer that has polled a batch gets stuck, is given up by its group without
	 * noticing, and writes the batch when another has gone on.
	 */
	@Test
	void fencesABatchThatComesLate() throws Exception {
		TestDatabase database = opened(TestDatabase.create());
		Records records = new Records(database);
		TestTopic topic = opened(new TestTopic(TestKafka.shared(), 1));
		ConfigurableApplicationContext zombie = start(
				topic.properties(RecordsApplication.TRANSFORMER, "properties[max.poll.interval.ms]=4000",
						"properties[interceptor.classes]=" + Gate.Interceptor.class.getName()),
				database);
		topic.send(0, "1").get();
		records.awaitCount(1);
		Gate transformer = Gate.at("2");
		topic.send(0, "2").get();
		transformer.awaitArrival();
		Gate consumer = Gate.at("poll 3");
		topic.send(0, "3").get();
		consumer.awaitArrival();
		start(topic.properties(RecordsApplication.TRANSFORMER), database);
		records.awaitCount(3);
		assertThat(displaced(zombie)).isZero();
		transformer.open();
		Awaitility.await().atMost(PATIENCE).until(() -> displaced(zombie) == 1);
		topic.send(0, "4").get();
		records.awaitCount(4);
		consumer.open();
		topic.send(0, "5").get();
		records.awaitCount(5);
		assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 5));
	}

	@Test
	void keepsItsPartitionsWhileTheDatabaseIsAway() throws Exception {
		TestDatabase database = opened(TestDatabase.createWithOwnServer());
		Records records = new Records(database);
		TestTopic topic = opened(new TestTopic(TestKafka.shared(), 2));
		ConfigurableApplicationContext context = start(topic.properties(RecordsApplication.TRANSFORMER,
				"properties[max.poll.interval.ms]=4000", "properties[max.poll.records]=10"), database);
		topic.sendAll(0, Records.numbers(1, 100));
		Awaitility.await().atMost(PATIENCE).until(() -> records.count() == 100);
		Set<String> members = members(topic);
		database.server().kill();
		topic.sendAll(0, Records.numbers(101, 2000));
		Pipeline pipeline = context.getBean(Pipelines.class).all().iterator().next();
		Awaitility.await()
			.pollDelay(Duration.ofSeconds(7))
			.atMost(PATIENCE)
			.until(() -> pipeline.status().state() == PipelineState.RETRYING);
		assertThat(members(topic)).isEqualTo(members).hasSize(1);
		database.server().start();
		Awaitility.await().atMost(PATIENCE).until(() -> records.count() >= 2000);
		assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 2000));
		assertThat(members(topic)).isEqualTo(members);
	}

	@Test
	void waitsForABrokerThatIsAwayForLongerThanTheSession() throws Exception {
		TestDatabase database = opened(TestDatabase.create());
		Records records = new Records(database);
		TestKafka kafka = opened(TestKafka.createWithOwnServer(Map.of()));
		TestTopic topic = opened(new TestTopic(kafka, 2));
		ConfigurableApplicationContext context = start(topic.properties(RecordsApplication.TRANSFORMER), database);
		topic.sendAll(0, Records.numbers(1, 100));
		Awaitility.await().atMost(PATIENCE).until(() -> records.count() == 100);
		kafka.server().stop();
		Pipeline pipeline = context.getBean(Pipelines.class).all().iterator().next();
		Awaitility.await()
			.pollDelay(Duration.ofSeconds(5))
			.atMost(PATIENCE)
			.until(() -> pipeline.status().state() == PipelineState.RETRYING);
		assertThat(pipeline.status().reason()).contains("no connection to any broker");
		kafka.server().start();
		topic.sendAll(0, Records.numbers(101, 200));
		Awaitility.await().atMost(PATIENCE).until(() -> records.count() >= 200);
		assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 200));
		Awaitility.await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.RUNNING);
	}

	@Test
	void goesOnWhereABrokerHasLostItsData() throws Exception {
		TestDatabase database = opened(TestDatabase.create());
		Records records = new Records(database);
		TestKafka kafka = opened(TestKafka.createWithOwnServer(Map.of()));
		TestTopic topic = opened(new TestTopic(kafka, 1));
		ConfigurableApplicationContext context = start(topic.properties(RecordsApplication.TRANSFORMER), database);
		topic.sendAll(0, Records.numbers(1, 10));
		records.awaitCount(10);
		kafka.server().stop();
		Path log = kafka.server().directory().resolve("data").resolve(topic.name() + "-0");
		try (Stream<Path> files = Files.list(log)) {
			for (Path file : files.filter((each) -> !each.endsWith("partition.metadata")).toList()) {
				Files.delete(file);
			}
		}
		kafka.server().start();
		try (TestTopic again = new TestTopic(kafka.bootstrapServers(), topic.name(), Map.of())) {
			PipelinePositions positions = context.getBean(PipelinePositions.class);
			PipelineName name = new PipelineName("kafka", "orders");
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> positions.list(name).stream().allMatch((each) -> each.position().equals("0")));
			again.sendAll(0, Records.numbers(11, 20));
		}
		records.awaitCount(20);
		assertThat(records.bodies()).containsExactlyElementsOf(Records.numbers(1, 20));
	}

	/**
	 * Two clusters have a topic of the same name, and one of them is away for a while.
	 */
	@Test
	void readsSeveralClusters() throws Exception {
		TestDatabase database = opened(TestDatabase.create());
		Records records = new Records(database);
		TestKafka other = opened(TestKafka.createWithOwnServer(Map.of()));
		TestTopic topic = opened(new TestTopic(TestKafka.shared(), 1));
		TestTopic twin = opened(new TestTopic(other.bootstrapServers(), topic.name(), Map.of()));
		twin.create(1);
		List<String> properties = new ArrayList<>(topic.properties(RecordsApplication.TRANSFORMER));
		String prefix = "mega.connectors.kafka.inbound.";
		twin.properties(RecordsApplication.TRANSFORMER)
			.stream()
			.filter((property) -> property.startsWith(prefix + "orders."))
			.forEach((property) -> properties.add(property.replace(prefix + "orders.", prefix + "twin.")));
		properties.add(prefix + "twin.bootstrap-servers=" + other.bootstrapServers());
		topic.sendAll(0, Records.numbers(1, 10));
		twin.sendAll(0, Records.numbers(11, 20));
		ConfigurableApplicationContext context = start(properties, database);
		records.awaitCount(20);
		other.server().stop();
		Pipelines pipelines = context.getBean(Pipelines.class);
		Awaitility.await().atMost(PATIENCE).until(() -> state(pipelines, "twin") == PipelineState.RETRYING);
		topic.sendAll(0, Records.numbers(21, 30));
		records.awaitCount(30);
		assertThat(state(pipelines, "orders")).isEqualTo(PipelineState.RUNNING);
		other.server().start();
		twin.sendAll(0, Records.numbers(31, 40));
		records.awaitCount(40);
		assertThat(records.bodies().stream().map(Integer::valueOf))
			.containsExactlyInAnyOrderElementsOf(Records.numbers(1, 40).stream().map(Integer::valueOf).toList());
	}

	private static PipelineState state(Pipelines pipelines, String inbound) {
		return pipelines.all()
			.stream()
			.filter((each) -> each.name().inbound().equals(inbound))
			.findFirst()
			.orElseThrow()
			.status()
			.state();
	}

	private static Set<String> members(TestTopic topic) throws Exception {
		try (Admin admin = topic.admin()) {
			String group = "g-" + topic.name();
			Set<String> members = new HashSet<>();
			for (MemberDescription member : admin.describeConsumerGroups(List.of(group))
				.describedGroups()
				.get(group)
				.get()
				.members()) {
				members.add(member.consumerId());
			}
			return members;
		}
	}

	/**
	 * Sends numbers, each in the partition that is its remainder, over as many seconds.
	 */
	private static void produce(TestTopic topic, int count, int seconds) {
		int chunk = Math.max(1, count / (seconds * 10));
		for (int from = 0; from < count; from += chunk) {
			List<Future<?>> sent = new ArrayList<>();
			for (int number = from; number < Math.min(count, from + chunk); number++) {
				sent.add(topic.send(number % PARTITIONS, String.valueOf(number)));
			}
			Awaitility.await()
				.pollDelay(Duration.ofMillis(100))
				.atMost(PATIENCE)
				.until(() -> sent.stream().allMatch(Future::isDone));
		}
	}

	private static double displaced(ConfigurableApplicationContext context) {
		return context.getBean(MeterRegistry.class).get("mega.events").tag("outcome", "displaced").counter().count();
	}

	private static int deadLetters(Records records) {
		return records.jdbc().sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single();
	}

	private <T extends AutoCloseable> T opened(T closeable) {
		this.running.add(closeable);
		return closeable;
	}

	private ConfigurableApplicationContext start(List<String> properties, TestDatabase database) {
		return opened(RecordsApplication.run(properties, database.toProperties()));
	}

	private static ApplicationProcess process(Path output, List<String> properties, TestDatabase database) {
		List<String> args = new ArrayList<>();
		properties.forEach((property) -> args.add("--" + property));
		for (String property : database.toProperties()) {
			args.add("--" + property);
		}
		return ApplicationProcess.start(output, List.of("-Xmx192m"), RecordsApplication.class, args);
	}

}
