package org.megaetl.connector.kafka;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What Kafka's clients themselves have counted.
 */
final class ConsumerMetrics {

	private ConsumerMetrics() {
	}

	/**
	 * Returns a count of each consumer that is open.
	 * @param name the metric's name
	 */
	static List<Double> counts(String name) throws Exception {
		MBeanServer server = ManagementFactory.getPlatformMBeanServer();
		List<Double> counts = new ArrayList<>();
		for (ObjectName client : server
			.queryNames(new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=*"), null)) {
			counts.add((Double) server.getAttribute(client, name));
		}
		return counts;
	}

}
