package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All that is read, on a Redis Cluster of three nodes.
 */
class ClusterTests {

	private static final int SLOTS = 16384;

	private static final List<RedisSource> nodes = new ArrayList<>();

	private static RedisClusterClient client;

	private static RedisAdvancedClusterCommands<String, String> commands;

	@BeforeAll
	static void startCluster() {
		for (int node = 0; node < 3; node++) {
			nodes.add(RedisSource.createWithOwnServer("--cluster-enabled", "yes", "--cluster-node-timeout", "5000"));
			int first = SLOTS * node / 3;
			nodes.get(node).commands().clusterAddSlots(IntStream.range(first, SLOTS * (node + 1) / 3).toArray());
		}
		for (RedisSource node : nodes) {
			nodes.get(0).commands().clusterMeet(node.redis().host(), node.redis().port());
		}
		for (RedisSource node : nodes) {
			RunningApplication.await().until(() -> node.commands().clusterInfo().contains("cluster_state:ok"));
		}
		client = RedisClusterClient.create(RedisURI.create(nodes.get(0).redis().host(), nodes.get(0).redis().port()));
		commands = client.connect().sync();
	}

	@AfterAll
	static void stopCluster() {
		client.shutdown();
		nodes.forEach(RedisSource::close);
	}

	@Test
	void readsAStream() {
		try (TestDatabase database = TestDatabase.create();
				RunningApplication application = start(database, "stream=events", "max-length=10",
						"claim-after=200ms")) {
			for (int number = 1; number <= 100; number++) {
				commands.xadd("events", Map.of("payload", String.valueOf(number)));
			}
			awaitWritten(database, numbers(100));
			assertThat(application.details()).containsEntry("delivery", "effectively-once");
		}
	}

	@Test
	void takesElementsOfLists() {
		for (String list : List.of("queue", "{tag}queue")) {
			try (TestDatabase database = TestDatabase.create();
					RunningApplication application = start(database, "list=" + list, "batch-size=30")) {
				commands.rpush(list, numbers(100).toArray(String[]::new));
				awaitWritten(database, numbers(100));
				RunningApplication.await().until(() -> commands.keys("*" + list + "*:items:*").isEmpty());
				assertThat(application.details()).containsEntry("delivery", "effectively-once");
			}
		}
	}

	@Test
	void takesKeysOfAllNodes() {
		for (int number = 1; number <= 100; number++) {
			commands.set("order:" + number, String.valueOf(number));
		}
		try (TestDatabase database = TestDatabase.create();
				RunningApplication application = start(database, "keys=order:*", "batch-size=30", "after=rename",
						"rename-prefix=done:")) {
			RunningApplication.await()
				.untilAsserted(() -> assertThat(RunningApplication.written(database))
					.containsExactlyInAnyOrderElementsOf(numbers(100)));
			RunningApplication.await().until(() -> commands.keys("done:{order:*}").size() == 100);
			assertThat(application.details()).containsEntry("delivery", "effectively-once");
		}
	}

	@Test
	void subscribes() {
		try (TestDatabase database = TestDatabase.create();
				RunningApplication application = start(database, "channel=news")) {
			RunningApplication.await().until(() -> {
				nodes.forEach((node) -> node.commands().publish("news", "hello"));
				return !RunningApplication.written(database).isEmpty();
			});
			assertThat(application.details()).containsEntry("delivery", "at-most-once");
		}
	}

	private static RunningApplication start(TestDatabase database, String... inbound) {
		List<String> properties = new ArrayList<>(List.of("mega.connectors.redis.enabled=true",
				"mega.connectors.redis.inbound.orders.transformer=recorder", "spring.data.redis.cluster.nodes="
						+ String.join(",", nodes.stream().map((node) -> "127.0.0.1:" + node.redis().port()).toList())));
		for (String property : inbound) {
			properties.add("mega.connectors.redis.inbound.orders." + property);
		}
		return RunningApplication.start(database, properties);
	}

	private static List<String> numbers(int last) {
		return IntStream.rangeClosed(1, last).mapToObj(String::valueOf).toList();
	}

	private static void awaitWritten(TestDatabase database, List<String> payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(database)).isEqualTo(payloads));
	}

}
