package org.megaetl.benchmarks;

import java.util.Map;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From Kafka to a table, for long: what an event costs, tenth by tenth.
 */
final class GrowthBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(GrowthBenchmark.class);

	private static final String TOPIC = "many-orders";

	private static final int PARTS = 10;

	private final Servers servers;

	private final Options options;

	GrowthBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "own CPU, µs a row";
	}

	@Override
	public Results run() throws Exception {
		this.servers.fillWithOrders(TOPIC, this.options.events());
		Results results = new Results("events up to");
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			measure(results);
		}
		return results;
	}

	private void measure(Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(false);
		properties.putAll(KafkaInbound.properties(TOPIC));
		int events = this.options.events();
		try (Watch watch = new Watch(this.servers, Watch.POSITIONS);
				ChildProcess process = ChildProcess.startMega(this.options, "", properties)) {
			Mark last = watch.await(process, 1);
			for (int part = 1; part <= PARTS; part++) {
				long upTo = (long) events * part / PARTS;
				Mark mark = watch.await(process, upTo);
				String name = "%,d".formatted(upTo);
				results.add(name, figure(), mark.cpuMicrosSince(last));
				results.add(name, "rows/s", mark.perSecondSince(last));
				results.add(name, "resident memory, MB", process.residentMegabytes());
				logger.info("{} rows: {} µs a row, {} rows/s", name, Results.format(mark.cpuMicrosSince(last)),
						Results.format(mark.perSecondSince(last)));
				last = mark;
			}
			watch.awaitOrders(process, events);
		}
	}

}
