package org.megaetl.connector.kafka;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import javax.management.MBeanServer;
import javax.management.ObjectName;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.Pipelines;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What inbounds cost that have nothing to do.
 */
class ManyInboundsTests {

	private static final int INBOUNDS = 6;

	private static final int SECONDS = 6;

	private final TestDatabase database = TestDatabase.create();

	private final Records records = new Records(this.database);

	private final Set<Thread> before = Thread.getAllStackTraces().keySet();

	private final TestTopic topic;

	ManyInboundsTests() throws Exception {
		this.topic = new TestTopic(TestKafka.shared(), 2);
	}

	@AfterEach
	void close() {
		this.topic.close();
		this.database.close();
	}

	@Test
	void shareWhatTheyCanAndRestWhereNothingComes() throws Exception {
		Set<String> properties = new LinkedHashSet<>();
		for (int number = 0; number < INBOUNDS; number++) {
			String inbound = ".orders-" + number + ".";
			this.topic.properties(RecordsApplication.TRANSFORMER)
				.stream()
				// heartbeats as usual
				.filter((property) -> !property.contains("session.timeout") && !property.contains("heartbeat"))
				.forEach((property) -> properties
					.add(property.replace(".orders.", inbound).replace("group-id=g-", "group-id=g" + inbound)));
		}
		// reaches the same broker in another way
		properties.add("mega.connectors.kafka.inbound.orders-0.properties[client.dns.lookup]="
				+ "resolve_canonical_bootstrap_servers_only");
		try (ConfigurableApplicationContext context = RecordsApplication.run(List.copyOf(properties),
				this.database.toProperties())) {
			this.topic.send(0, "one").get();
			this.records.awaitCount(INBOUNDS);
			assertThat(threads("kafka-admin-client-thread")).hasSize(2);
			assertThat(threads("mega-kafka-monitor-")).hasSizeLessThanOrEqualTo(1);
			assertThat(threads("ThreadPoolTaskScheduler-")).isEmpty();
			// the consumers' and those of their heartbeats stay
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.untilAsserted(() -> assertThat(threads("kafka.orders-")).hasSize(INBOUNDS));
			assertThat(threads("kafka-coordinator-heartbeat-thread")).hasSize(INBOUNDS);
			pollsSeldom(context);
			this.topic.send(1, "two").get();
			this.records.awaitCount(2 * INBOUNDS);
		}
		for (String threads : List.of("kafka-admin-client-thread", "kafka.orders-",
				"kafka-coordinator-heartbeat-thread", "mega-kafka-monitor-")) {
			Awaitility.await().atMost(Records.PATIENCE).untilAsserted(() -> assertThat(threads(threads)).isEmpty());
		}
	}

	/**
	 * Counts for a while what is asked of the broker, and how often consumers look after
	 * themselves.
	 */
	private static void pollsSeldom(ConfigurableApplicationContext context) throws Exception {
		Pipelines pipelines = context.getBean(Pipelines.class);
		Map<Pipeline, Set<Object>> polls = new ConcurrentHashMap<>();
		double fetches = fetches();
		long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
		Awaitility.await().pollInterval(Duration.ofMillis(50)).atMost(Records.PATIENCE).until(() -> {
			pipelines.all()
				.forEach((pipeline) -> polls.computeIfAbsent(pipeline, (key) -> new HashSet<>())
					.add(String.valueOf(pipeline.source().details().get("lastPoll"))));
			return System.nanoTime() > end;
		});
		// two seconds each, and what was under way at the beginning
		assertThat(fetches() - fetches).isLessThanOrEqualTo(INBOUNDS * (SECONDS / 2.0 + 1));
		assertThat(polls).hasSize(INBOUNDS)
			.allSatisfy((pipeline, times) -> assertThat(times).hasSizeLessThanOrEqualTo(SECONDS / 2 + 2));
	}

	/**
	 * What the clients themselves have counted, of all that are open.
	 */
	private static double fetches() throws Exception {
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		Set<ObjectName> clients = server
			.queryNames(new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*"), null);
		assertThat(clients).hasSize(INBOUNDS);
		double fetches = 0;
		for (ObjectName client : clients) {
			fetches += (Double) server.getAttribute(client, "fetch-total");
		}
		return fetches;
	}

	private Set<String> threads(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !this.before.contains(thread) && thread.getName().startsWith(prefix))
			.map(Thread::getName)
			.collect(Collectors.toSet());
	}

	@Test
	void shareTheMemory() {
		assertThat(KafkaClients.fetch(512 << 20, 1)).isEqualTo(4 << 20);
		assertThat(KafkaClients.fetch(512 << 20, 32)).isEqualTo(2 << 20);
		assertThat(KafkaClients.fetch(512 << 20, 1000)).isEqualTo(256 << 10);
		assertThat(KafkaClients.fetch(8L << 30, 64)).isEqualTo(4 << 20);
	}

}
