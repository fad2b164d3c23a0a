package org.megaetl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.megaetl.benchmarks.LoadGenerator.Load;
import org.megaetl.devservices.FreePort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Many pipelines in one application: what they cost while nothing happens, what an event
 * of one of them costs beside the others, and what events of all of them cost.
 */
final class PipelinesBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(PipelinesBenchmark.class);

	private static final int CONNECTIONS = 64;

	/** For what the start has left to do, and threads that end when they rest. */
	private static final int SECONDS_TO_REST = 12;

	private final Servers servers;

	private final Options options;

	PipelinesBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "own CPU, µs an event of one";
	}

	@Override
	public Results run() throws Exception {
		Results results = new Results("pipelines");
		List<Integer> numbers = Stream.concat(Stream.of(1), this.options.pipelines().stream()).toList();
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			for (int pipelines : numbers) {
				measureWebhook(pipelines, results);
			}
			for (int pipelines : numbers) {
				measureKafka(pipelines, results);
			}
		}
		return results;
	}

	private void measureWebhook(int pipelines, Results results) throws Exception {
		String name = "webhook, " + pipelines;
		StringBuilder inbounds = new StringBuilder("mega.connectors.webhook:\n  enabled: true\n  inbound:\n");
		for (int i = 0; i < pipelines; i++) {
			String suffix = (i > 0) ? "-" + i : "";
			inbounds
				.append("    orders%1$s: { path: /orders%1$s, transformer: order, auth: none }%n".formatted(suffix));
		}
		int port = FreePort.find();
		Map<String, String> properties = this.servers.prepare(true);
		properties.put("spring.config.additional-location", write(inbounds));
		properties.putAll(WebhookInbound.server(port));
		try (Watch watch = new Watch(this.servers, Watch.KEYS); ChildProcess process = start(properties, pipelines)) {
			long start = System.nanoTime();
			process.awaitPort(port);
			results.add(name, "start, s", (System.nanoTime() - start) / 1e9);
			addIdle(watch, process, name, results);
			long sent = LoadGenerator.warmUp(port, CONNECTIONS, 1, 0).allAccepted(name);
			double cpu = process.cpuSeconds();
			Load one = load(port, 1, sent);
			sent += one.allAccepted(name);
			results.add(name, figure(), (process.cpuSeconds() - cpu) * 1e6 / one.sent());
			sent += LoadGenerator.warmUp(port, CONNECTIONS, pipelines, sent).allAccepted(name);
			cpu = process.cpuSeconds();
			Load all = load(port, pipelines, sent);
			sent += all.allAccepted(name);
			results.add(name, "of all", (process.cpuSeconds() - cpu) * 1e6 / all.sent());
			results.add(name, "events/s of one", one.perSecond());
			results.add(name, "events/s of all", all.perSecond());
			results.add(name, "peak memory, MB", process.peakMegabytes());
			watch.awaitOrders(process, sent);
			logger.info("{}: one: {}, all: {}", name, one, all);
		}
	}

	private Load load(int port, int paths, long sent) throws IOException {
		return LoadGenerator.run(port, CONNECTIONS, this.options.seconds(), 0, paths, sent);
	}

	private void measureKafka(int pipelines, Results results) throws Exception {
		String name = "Kafka, " + pipelines;
		int events = this.options.events();
		int share = events / pipelines;
		this.servers.fillWithOrders("orders-of-1", events);
		this.servers.fillWithOrders("orders-of-" + pipelines, share);
		this.servers.fillWithOrders("no-orders", 0);
		measureKafka(name, "", "events/s of one", inbounds(pipelines, "orders-of-1", "no-orders"), events, pipelines,
				results);
		measureKafka(name, "of all", "events/s of all",
				inbounds(pipelines, "orders-of-" + pipelines, "orders-of-" + pipelines), share * pipelines, pipelines,
				results);
	}

	private void measureKafka(String name, String cost, String rate, StringBuilder inbounds, int events, int pipelines,
			Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(false);
		properties.putAll(KafkaInbound.common());
		properties.put("spring.config.additional-location", write(inbounds));
		try (Watch watch = new Watch(this.servers, Watch.POSITIONS);
				ChildProcess process = start(properties, pipelines)) {
			long start = System.nanoTime();
			Mark first = watch.await(process, 1);
			boolean one = cost.isEmpty();
			if (one) {
				results.add(name, "start, s", (first.nanos() - start) / 1e9);
			}
			// all pipelines start and are compiled at once, beside the one that is busy
			Mark warm = watch.await(process, events / 2);
			Mark end = watch.await(process, events);
			watch.awaitCount(process, "SELECT COUNT(*) FROM orders", events);
			if (one) {
				addIdle(watch, process, name, results);
			}
			results.add(name, one ? figure() : cost, end.cpuMicrosSince(warm));
			results.add(name, rate, end.perSecondSince(warm));
			logger.info("{}: {}: {}, {} µs an event", name, rate, Results.format(end.perSecondSince(warm)),
					Results.format(end.cpuMicrosSince(warm)));
		}
	}

	private static StringBuilder inbounds(int pipelines, String first, String others) {
		StringBuilder inbounds = new StringBuilder("mega.connectors.kafka:\n  enabled: true\n  inbound:\n");
		for (int i = 0; i < pipelines; i++) {
			inbounds.append("    orders-%d: { topics: %s, group-id: g%d-%d, transformer: order }%n".formatted(i,
					(i > 0) ? others : first, i, System.nanoTime()));
		}
		return inbounds;
	}

	private void addIdle(Watch watch, ChildProcess process, String name, Results results) throws Exception {
		TimeUnit.SECONDS.sleep(Math.min(SECONDS_TO_REST, 3 * this.options.seconds()));
		double cpu = process.cpuSeconds();
		TimeUnit.SECONDS.sleep(this.options.seconds());
		results.add(name, "CPU while idle, ms a second", (process.cpuSeconds() - cpu) * 1000 / this.options.seconds());
		results.add(name, "resident while idle, MB", process.residentMegabytes());
		results.add(name, "threads", process.threads());
		results.add(name, "connections to the database",
				// without this one
				watch.count("SELECT COUNT(*) - 1 FROM information_schema.processlist WHERE db = DATABASE()"));
	}

	private ChildProcess start(Map<String, String> properties, int pipelines) throws IOException {
		return ChildProcess.startMega(this.options, "-" + pipelines, properties);
	}

	private static String write(StringBuilder inbounds) throws IOException {
		Path file = Files.createDirectories(Path.of("target", "benchmarks")).resolve("pipelines.yml");
		return Files.writeString(file, inbounds).toUri().toString();
	}

}
