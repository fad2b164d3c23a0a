package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Has records come with all those before them, as if the consumer had gone back.
 */
public class RepeatingInterceptor extends RecordsInterceptor {

	private final Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> all = new HashMap<>();

	@Override
	public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
		Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> repeated = new HashMap<>();
		for (TopicPartition partition : records.partitions()) {
			List<ConsumerRecord<byte[], byte[]>> known = this.all.computeIfAbsent(partition,
					(key) -> new ArrayList<>());
			known.addAll(records.records(partition));
			repeated.put(partition, List.copyOf(known));
		}
		return new ConsumerRecords<>(repeated, records.nextOffsets());
	}

}
