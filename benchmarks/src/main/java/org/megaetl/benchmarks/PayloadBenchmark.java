package org.megaetl.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.megaetl.benchmarks.systems.Documents;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From Kafka to a table with events of several sizes, which are written whole.
 */
final class PayloadBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(PayloadBenchmark.class);

	private static final List<Integer> SIZES = List.of(200, 2_000, 20_000);

	private final Servers servers;

	private final Options options;

	PayloadBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "MB/s";
	}

	@Override
	public Results run() throws Exception {
		Results results = new Results("payload");
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			for (int size : SIZES) {
				measure(size, results);
			}
		}
		return results;
	}

	private void measure(int size, Results results) throws Exception {
		// as much text of each size but the smallest
		int events = Math.max(100, Math.min(this.options.events(), this.options.events() / size * 1000));
		String topic = "documents-" + size;
		this.servers.fill(topic, events, (id) -> Documents.json(id, size));
		Map<String, String> properties = this.servers.prepare(Documents.TABLE);
		properties.putAll(KafkaInbound.properties(topic));
		properties.put("mega.connectors.kafka.inbound.orders.transformer", "document");
		try (Watch watch = new Watch(this.servers, Watch.POSITIONS);
				ChildProcess process = ChildProcess.startMega(this.options, "-" + size, properties)) {
			Mark warm = watch.await(process, this.options.warmUp(events));
			Mark end = watch.await(process, events);
			watch.awaitCount(process, "SELECT COUNT(DISTINCT id) FROM documents", events);
			watch.awaitCount(process, "SELECT COUNT(*) FROM documents", events);
			watch.awaitCount(process, "SELECT SUM(LENGTH(body)) FROM documents",
					IntStream.range(0, events).mapToLong((id) -> Documents.bodyLength(id, size)).sum());
			String name = (size < 1000) ? size + " B" : size / 1000 + " kB";
			double megabytes = end.perSecondSince(warm) * size / 1e6;
			results.add(name, "rows/s", end.perSecondSince(warm));
			results.add(name, figure(), megabytes);
			results.add(name, "own CPU, µs a row", end.cpuMicrosSince(warm));
			results.add(name, "own CPU, ns a byte", end.cpuMicrosSince(warm) * 1000 / size);
			results.add(name, "peak memory, MB", process.peakMegabytes());
			logger.info("{}: {} rows/s, {} MB/s, {} µs a row", name, Results.format(end.perSecondSince(warm)),
					Results.format(megabytes), Results.format(end.cpuMicrosSince(warm)));
		}
	}

}
