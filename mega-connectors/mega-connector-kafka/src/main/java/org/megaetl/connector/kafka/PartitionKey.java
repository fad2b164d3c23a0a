package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.megaetl.checkpoint.Sha256;

/**
 * What the position of a partition is stored under: {@code topic-partition/topic
 * id/cluster id/group}. The topic's id, and not its name, tells a topic from another that
 * was deleted before.
 *
 * @param name topic and partition
 * @param topicId the topic's id; {@code -} if the broker gives none
 * @param rest the cluster and the group
 */
record PartitionKey(String name, String topicId, String rest) {

	/** Longer names of groups, and with them keys, are replaced by a hash. */
	private static final int MAX_GROUP = 48;

	/** Longer names of topics are cut off; what they are is said by their id. */
	private static final int MAX_TOPIC = 120;

	private static final String NO_ID = "-";

	static PartitionKey of(TopicPartition partition, Uuid topicId, String clusterId, String group) {
		String topic = shorten(partition.topic(), MAX_TOPIC);
		boolean known = !topicId.equals(Uuid.ZERO_UUID);
		return new PartitionKey(topic + "-" + partition.partition(), known ? topicId.toString() : NO_ID,
				clusterId + "/" + shorten(group, MAX_GROUP));
	}

	private static String shorten(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		String hash = HexFormat.of().formatHex(Sha256.of(text.getBytes(StandardCharsets.UTF_8)), 0, 12);
		return text.substring(0, length - hash.length() - 1) + "~" + hash;
	}

	/**
	 * Returns the key this partition had while its broker gave no ids.
	 * @return the key without id
	 */
	PartitionKey withoutId() {
		return new PartitionKey(this.name, NO_ID, this.rest);
	}

	boolean hasId() {
		return !this.topicId.equals(NO_ID);
	}

	/**
	 * Returns whether a stored key is of a partition of this name, whatever the topic's
	 * id was.
	 * @param stored the stored key
	 * @return whether it is
	 */
	boolean isSameName(String stored) {
		return stored.startsWith(this.name + "/") && stored.endsWith("/" + this.rest);
	}

	@Override
	public String toString() {
		return this.name + "/" + this.topicId + "/" + this.rest;
	}

}
