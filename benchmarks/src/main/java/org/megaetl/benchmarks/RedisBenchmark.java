package org.megaetl.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.megaetl.benchmarks.systems.MegaProgram;
import org.megaetl.benchmarks.systems.StreamListenerProgram;
import org.megaetl.benchmarks.systems.StreamLoaderProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a Redis stream to a table with a primary key. Two consumers of a group read it,
 * with a connection each.
 */
final class RedisBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(RedisBenchmark.class);

	private static final String CONSUMERS = "2";

	private static final String STREAM = "orders";

	private static final String FEW = "few-orders";

	private static final List<Subject> SUBJECTS = List.of(new Subject(Results.MEGA, STREAM, MegaProgram.class),
			new Subject("loader, multi-row INSERT", STREAM, StreamLoaderProgram.class),
			new Subject("Spring's listener container, record by record", FEW, StreamListenerProgram.class));

	private final Servers servers;

	private final Options options;

	RedisBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return KafkaBenchmark.STEADY;
	}

	@Override
	public Results run() throws Exception {
		this.servers.redis().fill(STREAM, this.options.events());
		this.servers.redis().fill(FEW, this.options.slowEvents());
		Results results = new Results();
		this.options.takeTurns(SUBJECTS, Subject::name, (subject) -> measure(subject, results));
		return results;
	}

	private void measure(Subject subject, Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(true);
		properties.putAll(this.servers.redis().properties());
		String group = "group-" + System.nanoTime();
		properties.putAll(properties(subject.stream(), group));
		long events = subject.stream().equals(STREAM) ? this.options.events() : this.options.slowEvents();
		try (Watch watch = new Watch(this.servers, Watch.KEYS);
				ChildProcess process = ChildProcess.startProgram(subject.name(), this.options.jvm(subject.name(), ""),
						properties, subject.main().getName())) {
			Mark first = watch.await(process, 1);
			Mark warm = watch.await(process, this.options.warmUp(events));
			Mark end = watch.await(process, events);
			watch.awaitOrders(process, events);
			awaitAcknowledged(process, subject.stream(), group);
			results.add(subject.name(), figure(), end.perSecondSince(warm));
			results.add(subject.name(), "rows/s before", warm.perSecondSince(first));
			results.add(subject.name(), "own CPU, µs a row", end.cpuMicrosSince(warm));
			results.add(subject.name(), "peak memory, MB", process.peakMegabytes());
			logger.info("{}: {} rows/s, {} µs a row", subject.name(), Results.format(end.perSecondSince(warm)),
					Results.format(end.cpuMicrosSince(warm)));
		}
	}

	private void awaitAcknowledged(ChildProcess process, String stream, String group) throws Exception {
		long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
		for (long left = this.servers.redis().left(stream, group); left > 0; left = this.servers.redis()
			.left(stream, group)) {
			if (System.nanoTime() > end) {
				throw new IllegalStateException(left + " entries are not acknowledged: " + process.output());
			}
			process.requireAlive();
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	private static Map<String, String> properties(String stream, String group) {
		Map<String, String> properties = new HashMap<>();
		properties.put("stream", stream);
		properties.put("group", group);
		properties.put("consumers", CONSUMERS);
		properties.put("spring.main.web-application-type", "none");
		properties.put("spring.main.keep-alive", "true");
		properties.put("mega.connectors.redis.enabled", "true");
		String inbound = "mega.connectors.redis.inbound.orders.";
		properties.put(inbound + "stream", stream);
		properties.put(inbound + "group", group);
		properties.put(inbound + "concurrency", CONSUMERS);
		properties.put(inbound + "transformer", "order");
		return properties;
	}

	/**
	 * A system under test.
	 *
	 * @param name its name in the results
	 * @param stream the stream it reads
	 * @param main its main class
	 */
	private record Subject(String name, String stream, Class<?> main) {

	}

}
