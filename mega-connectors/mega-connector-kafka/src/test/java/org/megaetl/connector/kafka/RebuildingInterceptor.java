package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * Makes records anew without saying where they end, as some interceptors do that trace
 * what is read.
 */
public class RebuildingInterceptor extends RecordsInterceptor {

	@Override
	@SuppressWarnings("deprecation")
	public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
		Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> rebuilt = new HashMap<>();
		for (TopicPartition partition : records.partitions()) {
			rebuilt.put(partition, new ArrayList<>(records.records(partition)));
		}
		return new ConsumerRecords<>(rebuilt);
	}

}
