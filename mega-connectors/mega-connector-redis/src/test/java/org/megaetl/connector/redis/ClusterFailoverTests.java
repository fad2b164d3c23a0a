package org.megaetl.connector.redis;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.lettuce.core.RedisException;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis Cluster one of whose nodes goes away for good.
 */
class ClusterFailoverTests {

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

	private static void awaitWritten(TestDatabase database, String... payloads) {
		RunningApplication.await()
			.untilAsserted(() -> assertThat(RunningApplication.written(database)).isEqualTo(List.of(payloads)));
	}

}
