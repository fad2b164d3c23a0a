package org.megaetl.connector.redis;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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

	private static RedisCluster cluster;

	private static RedisAdvancedClusterCommands<String, String> commands;

	@BeforeAll
	static void startCluster() {
		cluster = new RedisCluster();
		commands = cluster.commands();
	}

	@AfterAll
	static void stopCluster() {
		cluster.close();
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
				cluster.nodes().forEach((node) -> node.commands().publish("news", "hello"));
				return !RunningApplication.written(database).isEmpty();
			});
			assertThat(application.details()).containsEntry("delivery", "at-most-once");
		}
	}

	private static RunningApplication start(TestDatabase database, String... inbound) {
		return cluster.start(database, inbound);
	}

	private static List<String> numbers(int last) {
		return IntStream.rangeClosed(1, last).mapToObj(String::valueOf).toList();
	}

	private static void awaitWritten(TestDatabase database, List<String> payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(database)).isEqualTo(payloads));
	}

}
