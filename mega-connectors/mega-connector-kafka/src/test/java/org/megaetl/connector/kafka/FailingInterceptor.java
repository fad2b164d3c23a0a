package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Ends the consumer's thread when it gets to a certain record for the first time.
 */
public class FailingInterceptor extends RecordsInterceptor {

	private static final Set<String> values = ConcurrentHashMap.newKeySet();

	static void failAt(String value) {
		values.add(value);
	}

	@Override
	public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
		records.forEach((record) -> {
			if (values.remove(new String(record.value(), StandardCharsets.UTF_8))) {
				throw new NoClassDefFoundError("none such");
			}
		});
		return records;
	}

}
