package org.megaetl.benchmarks;

import java.util.Map;

import org.megaetl.benchmarks.systems.Orders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From Kafka to a table with events that the database refuses among the others.
 */
final class PoisonBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(PoisonBenchmark.class);

	private static final String LETTERS = "SELECT COUNT(*) FROM mega_dead_letter";

	private final Servers servers;

	private final Options options;

	PoisonBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "events/s";
	}

	@Override
	public Results run() throws Exception {
		Results results = new Results("bad events");
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			measure("none", 0, results);
			measure("0.1 %", 1000, results);
			measure("1 %", 100, results);
		}
		return results;
	}

	private void measure(String name, int oneOf, Results results) throws Exception {
		int events = this.options.events();
		String topic = "poison-" + oneOf;
		this.servers.fill(topic, events, (id) -> isBad(id, oneOf) ? Orders.poison(id) : Orders.json(id));
		long bad = 0;
		long sum = 0;
		for (int id = 0; id < events; id++) {
			if (isBad(id, oneOf)) {
				bad++;
			}
			else {
				sum += id;
			}
		}
		Map<String, String> properties = this.servers.prepare(false);
		properties.putAll(KafkaInbound.properties(topic));
		try (Watch watch = new Watch(this.servers, Watch.POSITIONS);
				ChildProcess process = ChildProcess.startMega(this.options, "-" + oneOf, properties)) {
			Mark warm = watch.await(process, this.options.warmUp(events));
			Mark end = watch.await(process, events);
			watch.awaitCount(process, LETTERS, bad);
			watch.awaitOrders(process, events - bad, sum);
			results.add(name, figure(), end.perSecondSince(warm));
			results.add(name, "own CPU, µs an event", end.cpuMicrosSince(warm));
			results.add(name, "peak memory, MB", process.peakMegabytes());
			logger.info("{}: {} events/s, {} µs an event, {} dead letters", name,
					Results.format(end.perSecondSince(warm)), Results.format(end.cpuMicrosSince(warm)), bad);
		}
	}

	private static boolean isBad(int id, int oneOf) {
		return oneOf > 0 && id % oneOf == oneOf / 2;
	}

}
