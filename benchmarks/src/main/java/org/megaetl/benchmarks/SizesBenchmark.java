package org.megaetl.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.megaetl.benchmarks.LoadGenerator.Load;
import org.megaetl.devservices.FreePort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the size of a batch and the number of writers bring, with the database near and
 * far.
 */
final class SizesBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(SizesBenchmark.class);

	private static final int CONNECTIONS = 64;

	private static final double WARM_UP_SECONDS = 15;

	private static final Duration FAR = Duration.ofMillis(2);

	private static final String TOPIC = "sizes";

	private final Servers servers;

	private final Options options;

	SizesBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "events/s";
	}

	@Override
	public Results run() throws Exception {
		this.servers.fillWithOrders(TOPIC, this.options.events());
		Results results = new Results("batches and writers");
		List<Case> cases = Stream.of(Duration.ZERO, FAR).flatMap(SizesBenchmark::cases).toList();
		this.options.takeTurns(cases, Case::name, (each) -> measure(each, results));
		return results;
	}

	private static Stream<Case> cases(Duration away) {
		return Stream.concat(Stream.of(500, 1000, 2000, 5000, 10_000).map((size) -> new Case(true, size, away)),
				Stream.of(1, 2, 4, 8).map((writers) -> new Case(false, writers, away)));
	}

	private void measure(Case each, Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(!each.kafka);
		String url = String.valueOf(properties.get("spring.datasource.url"));
		int near = this.servers.databasePort();
		if (!url.contains(":" + near)) {
			throw new IllegalStateException("There is no port " + near + " in " + url);
		}
		try (DistantDatabase distant = new DistantDatabase(near, each.away)) {
			int port = each.away.isZero() ? near : distant.port();
			properties.put("spring.datasource.url", url.replace(":" + near, ":" + port));
			if (each.kafka) {
				measureKafka(each, properties, results);
			}
			else {
				measureWebhook(each, properties, results);
			}
		}
	}

	private void measureKafka(Case each, Map<String, String> properties, Results results) throws Exception {
		properties.putAll(KafkaInbound.properties(TOPIC));
		properties.put("spring.kafka.consumer.max-poll-records", String.valueOf(each.size));
		// or a poll never has as many
		properties.put("spring.kafka.consumer.properties.[max.partition.fetch.bytes]", "8388608");
		properties.put("mega.sink.jdbc.batch-size", String.valueOf(each.size));
		int events = this.options.events();
		try (Watch watch = new Watch(this.servers, Watch.WRITTEN); ChildProcess process = start(properties)) {
			Mark warm = watch.await(process, this.options.warmUp(events));
			Mark end = watch.await(process, events);
			watch.awaitOrders(process, events);
			add(results, each, end.perSecondSince(warm), end.cpuMicrosSince(warm), process);
		}
	}

	private void measureWebhook(Case each, Map<String, String> properties, Results results) throws Exception {
		int port = FreePort.find();
		properties.putAll(WebhookInbound.properties(port));
		properties.put("mega.sink.jdbc.writers", String.valueOf(each.size));
		try (Watch watch = new Watch(this.servers, Watch.WRITTEN); ChildProcess process = start(properties)) {
			process.awaitPort(port);
			long sent = LoadGenerator.run(port, CONNECTIONS, WARM_UP_SECONDS, 0, 0).allAccepted(each.name());
			double cpu = process.cpuSeconds();
			Load load = LoadGenerator.run(port, CONNECTIONS, this.options.seconds(), 0, sent);
			double micros = (process.cpuSeconds() - cpu) * 1e6 / load.sent();
			sent += load.allAccepted(each.name());
			watch.awaitOrders(process, sent);
			results.add(each.name(), "p50, ms", load.median());
			results.add(each.name(), "p99, ms", load.p99());
			add(results, each, load.perSecond(), micros, process);
		}
	}

	private ChildProcess start(Map<String, String> properties) throws IOException {
		return ChildProcess.startMega(this.options, "", properties);
	}

	private void add(Results results, Case each, double perSecond, double micros, ChildProcess process)
			throws IOException {
		results.add(each.name(), figure(), perSecond);
		results.add(each.name(), "own CPU, µs an event", micros);
		results.add(each.name(), "peak memory, MB", process.peakMegabytes());
		logger.info("{}: {} events/s, {} µs an event", each.name(), Results.format(perSecond), Results.format(micros));
	}

	/**
	 * Something to measure.
	 *
	 * @param kafka whether events come from Kafka, or to the webhook
	 * @param size the most events of a batch, or the number of writers
	 * @param away how long the way to the database and back takes
	 */
	private record Case(boolean kafka, int size, Duration away) {

		String name() {
			return (this.kafka ? "Kafka, batches of " : "webhook, writers: ") + this.size
					+ (this.away.isZero() ? "" : ", database " + this.away.toMillis() + " ms away");
		}

	}

}
