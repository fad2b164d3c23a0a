package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.lettuce.core.RedisException;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis Cluster one of whose nodes goes away.
 */
class ClusterFailoverTests {

	private static final String CLAIMS = "{mega}:mega-claims:mega/redis.orders:";

	@Test
	void readsOnFromTheReplicaThatHasTakenOver() {
		try (RedisCluster cluster = new RedisCluster(); TestDatabase database = TestDatabase.create()) {
			RedisSource master = cluster.masterOf("events");
			RedisSource replica = cluster.addReplicaOf(master);
			try (RunningApplication application = cluster.start(database, "stream=events")) {
				master.commands().xadd("events", Map.of("payload", "1"));
				awaitWritten(database, "1");
				assertThat(master.commands().waitForReplication(1, Duration.ofSeconds(10).toMillis())).isEqualTo(1);
				master.redis().server().kill();
				RunningApplication.await()
					.ignoreException(RedisException.class)
					.until(() -> replica.commands().info("replication").contains("role:master")
							&& replica.commands().clusterInfo().contains("cluster_state:ok"));
				replica.commands().xadd("events", Map.of("payload", "2"));
				awaitWritten(database, "1", "2");
				assertThat(application.details()).containsEntry("delivery", "effectively-once");
			}
		}
	}

	@Test
	void refusesNothingOfAClaimWhileTheNodeThatHasSomeOfItIsAway() {
		try (RedisCluster cluster = new RedisCluster(); TestDatabase database = TestDatabase.create()) {
			cluster.nodes().forEach((node) -> node.commands().configSet("cluster-require-full-coverage", "no"));
			RedisSource node = cluster.nodes()
				.stream()
				.filter((each) -> each != cluster.masterOf("mega"))
				.findFirst()
				.orElseThrow();
			String there = key(cluster, node);
			String here = key(cluster, cluster.masterOf("mega"));
			// what an instance leaves that was killed
			cluster.commands().hset(CLAIMS + "claim:0", "token", "some-token");
			cluster.commands().rpush(CLAIMS + "items:some-token", here, there);
			cluster.commands().sadd(CLAIMS + "slots", "0");
			for (String key : List.of(here, there)) {
				cluster.commands().set("{" + key + "}:mega-claims:some-token:" + key.length(), key);
			}
			node.commands().save();
			node.redis().server().kill();
			try (RunningApplication application = cluster.start(database, "keys=order:*", "max-deliveries=3")) {
				// more often than an event may be delivered
				RunningApplication.await()
					.until(() -> application.details().getOrDefault("recovered-claims", 0L) instanceof Long found
							&& found > 5);
				assertThat(cluster.commands().hget(CLAIMS + "claim:0", "attempts")).isIn("1", "2");
				node.redis().server().start();
				awaitWritten(database, here, there);
				assertThat(RunningApplication.deadLetters(database)).isEmpty();
			}
		}
	}

	/**
	 * Returns the name of a key that a node has.
	 */
	private static String key(RedisCluster cluster, RedisSource node) {
		return IntStream.range(0, 1000)
			.mapToObj((number) -> "order:" + number)
			.filter((key) -> cluster.masterOf(key) == node)
			.findFirst()
			.orElseThrow();
	}

	private static void awaitWritten(TestDatabase database, String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(database)).isEqualTo(List.of(payloads)));
	}

}
