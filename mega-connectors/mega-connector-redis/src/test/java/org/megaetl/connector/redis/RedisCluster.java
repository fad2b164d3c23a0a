package org.megaetl.connector.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.sync.RedisAdvancedClusterCommands;
import org.megaetl.devservices.TestDatabase;

/**
 * A Redis Cluster of three masters.
 */
final class RedisCluster implements AutoCloseable {

	private static final int MASTERS = 3;

	private final List<RedisSource> nodes = new ArrayList<>();

	private final RedisClusterClient client;

	private final RedisAdvancedClusterCommands<String, String> commands;

	RedisCluster() {
		for (int node = 0; node < MASTERS; node++) {
			RedisSource master = startNode();
			int first = SlotHash.SLOT_COUNT * node / MASTERS;
			master.commands()
				.clusterAddSlots(IntStream.range(first, SlotHash.SLOT_COUNT * (node + 1) / MASTERS).toArray());
		}
		this.nodes.forEach(this::join);
		for (RedisSource node : this.nodes) {
			RunningApplication.await().until(() -> node.commands().clusterInfo().contains("cluster_state:ok"));
		}
		RedisSource first = this.nodes.get(0);
		this.client = RedisClusterClient.create(RedisURI.create(first.redis().host(), first.redis().port()));
		this.commands = this.client.connect().sync();
	}

	private RedisSource startNode() {
		RedisSource node = RedisSource.createWithOwnServer("--cluster-enabled", "yes", "--cluster-node-timeout",
				"5000");
		this.nodes.add(node);
		return node;
	}

	private void join(RedisSource node) {
		this.nodes.get(0).commands().clusterMeet(node.redis().host(), node.redis().port());
	}

	RedisSource masterOf(String key) {
		int port = this.client.getPartitions().getPartitionBySlot(SlotHash.getSlot(key)).getUri().getPort();
		return this.nodes.stream().filter((node) -> node.redis().port() == port).findFirst().orElseThrow();
	}

	/**
	 * Adds a node that has what a master has, and takes over from it.
	 */
	RedisSource addReplicaOf(RedisSource master) {
		RedisSource replica = startNode();
		join(replica);
		String id = master.commands().clusterMyId();
		RunningApplication.await().until(() -> replica.commands().clusterNodes().contains(id));
		replica.commands().clusterReplicate(id);
		RunningApplication.await()
			.until(() -> replica.commands().info("replication").contains("master_link_status:up"));
		return replica;
	}

	List<RedisSource> nodes() {
		return this.nodes;
	}

	/**
	 * The commands of a client that sends each to the node that has the key.
	 */
	RedisAdvancedClusterCommands<String, String> commands() {
		return this.commands;
	}

	RunningApplication start(TestDatabase database, String... inbound) {
		List<String> properties = new ArrayList<>(List.of("mega.connectors.redis.enabled=true",
				"mega.connectors.redis.inbound.orders.transformer=recorder", "spring.data.redis.cluster.nodes=" + String
					.join(",", this.nodes.stream().map((node) -> "127.0.0.1:" + node.redis().port()).toList())));
		for (String property : inbound) {
			properties.add("mega.connectors.redis.inbound.orders." + property);
		}
		return RunningApplication.start(database, properties);
	}

	@Override
	public void close() {
		this.client.shutdown();
		this.nodes.forEach(RedisSource::close);
	}

}
