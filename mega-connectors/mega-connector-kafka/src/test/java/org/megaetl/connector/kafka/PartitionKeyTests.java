package org.megaetl.connector.kafka;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PartitionKey}.
 */
class PartitionKeyTests {

	private static final Uuid ID = Uuid.fromString("4mZ1nKxQSmqQ3cF0bJtUVA");

	@Test
	void namesPartitionTopicClusterAndGroup() {
		assertThat(key("orders", 3, ID, "shop")).hasToString("orders-3/4mZ1nKxQSmqQ3cF0bJtUVA/cluster/shop");
		assertThat(key("orders", 3, Uuid.ZERO_UUID, "shop")).hasToString("orders-3/-/cluster/shop");
	}

	@Test
	void fitsIntoTheColumnAndTellsLongNamesApart() {
		String key = key("t".repeat(249), 123456, ID, "g".repeat(300)).toString();
		assertThat(key).hasSizeLessThanOrEqualTo(255);
		assertThat(key("t".repeat(249), 123456, ID, "g".repeat(299) + "h").toString()).isNotEqualTo(key);
		assertThat(key("t".repeat(248) + "u", 123456, ID, "g".repeat(300)).toString()).isNotEqualTo(key);
	}

	@Test
	void knowsTheSameNameWithAnotherId() {
		PartitionKey key = key("orders", 3, ID, "shop");
		assertThat(key.isSameName("orders-3/another/cluster/shop")).isTrue();
		assertThat(key.isSameName(key.withoutId().toString())).isTrue();
		assertThat(key.isSameName("orders-3/another/cluster/shop2")).isFalse();
		assertThat(key.isSameName("orders-31/another/cluster/shop")).isFalse();
	}

	private static PartitionKey key(String topic, int partition, Uuid id, String group) {
		return PartitionKey.of(new TopicPartition(topic, partition), id, "cluster", group);
	}

}
