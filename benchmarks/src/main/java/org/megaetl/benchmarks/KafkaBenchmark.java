package org.megaetl.benchmarks;

import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.megaetl.benchmarks.systems.ListenerProgram;
import org.megaetl.benchmarks.systems.LoaderProgram;
import org.megaetl.benchmarks.systems.MegaProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a topic to a table. Two consumers read four partitions, with a connection each.
 * What is timed is when the database has the rows.
 */
final class KafkaBenchmark {

	static final String STEADY = "rows/s";

	private static final Logger logger = LoggerFactory.getLogger(KafkaBenchmark.class);

	private static final Duration STUCK = Duration.ofMinutes(2);

	private static final String TOPIC = "orders";

	private static final String FEW = "few-orders";

	private static final String CONSUMERS = "2";

	private static final String REWRITING = "?rewriteBatchedStatements=true";

	private static final List<Subject> SUBJECTS = List.of(
			new Subject(Results.MEGA, TOPIC, MegaProgram.class.getName(), ""),
			new Subject("loader, rewriteBatchedStatements", TOPIC, LoaderProgram.class.getName(), "", "rewriting"),
			new Subject("loader, multi-row INSERT", TOPIC, LoaderProgram.class.getName(), "", "multi-row"),
			new Subject("loader, LOAD DATA", TOPIC, LoaderProgram.class.getName(), "", "load-data"),
			new Subject("Spring batch listener", TOPIC, ListenerProgram.class.getName(), REWRITING, "--batch=true"),
			new Subject("Debezium's JDBC sink", TOPIC, Debezium.MAIN, REWRITING), new Subject(
					"Spring listener, record by record", FEW, ListenerProgram.class.getName(), "", "--batch=false"));

	private final Servers servers;

	private final Options options;

	private boolean filled;

	KafkaBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	/**
	 * Measures all systems, one after the other, as often as is asked for.
	 * @param key whether the table has a primary key
	 * @return what was measured
	 */
	Results run(boolean key) throws Exception {
		if (!this.filled) {
			this.servers.fill(TOPIC, this.options.events());
			this.servers.fill(FEW, this.options.slowEvents());
			this.filled = true;
		}
		Results results = new Results();
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			// whoever comes first has the coldest server
			List<Subject> turns = new ArrayList<>(SUBJECTS);
			Collections.rotate(turns, -repetition);
			for (Subject subject : turns) {
				if (this.options.includes(subject.name())) {
					measure(subject, key, results);
				}
			}
		}
		return results;
	}

	private void measure(Subject subject, boolean key, Results results) throws Exception {
		Map<String, String> properties = new HashMap<>(this.servers.prepare(key));
		properties.computeIfPresent("spring.datasource.url", (name, url) -> url + subject.parameters());
		configure(properties, subject.topic());
		long events = subject.topic().equals(TOPIC) ? this.options.events() : this.options.slowEvents();
		try (Connection connection = this.servers.connect(); Statement statement = connection.createStatement()) {
			long before = Servers.rowsWritten(statement);
			Mark start = new Mark(System.nanoTime(), 0, 0);
			try (ChildProcess process = start(subject, properties)) {
				Mark first = await(process, statement, before, 1);
				Mark warm = await(process, statement, before, Math.max(1, events * this.options.warmUp() / 100));
				Mark end = await(process, statement, before, events);
				double peak = process.peakMegabytes();
				awaitCommit(process, statement, events);
				results.add(subject.name(), STEADY, end.rowsPerSecondSince(warm));
				results.add(subject.name(), "rows/s before", warm.rowsPerSecondSince(first));
				results.add(subject.name(), "own CPU, µs a row", end.cpuMicrosPerRowSince(warm));
				results.add(subject.name(), "peak memory, MB", peak);
				results.add(subject.name(), "to the first row, s", (first.nanos() - start.nanos()) / 1e9);
				logger.info("{}: {} rows/s, before {}, {} µs a row, {} MB", subject.name(),
						Results.format(end.rowsPerSecondSince(warm)), Results.format(warm.rowsPerSecondSince(first)),
						Results.format(end.cpuMicrosPerRowSince(warm)), Results.format(peak));
			}
		}
	}

	private ChildProcess start(Subject subject, Map<String, String> properties) throws IOException {
		if (subject.main().equals(Debezium.MAIN)) {
			// it does not run in as little memory
			return ChildProcess.start(subject.name(), List.of("-Xmx2g"), Map.of(), Debezium.classPath(), subject.main(),
					Debezium.configure(properties));
		}
		return ChildProcess.start(subject.name(), this.options.jvm(), properties, System.getProperty("java.class.path"),
				subject.main(), subject.args());
	}

	private static void configure(Map<String, String> properties, String topic) {
		properties.put("topic", topic);
		properties.put("group", "group-" + System.nanoTime());
		properties.put("consumers", CONSUMERS);
		properties.put("spring.main.web-application-type", "none");
		properties.put("spring.main.keep-alive", "true");
		properties.put("spring.kafka.consumer.value-deserializer",
				"org.apache.kafka.common.serialization.ByteArrayDeserializer");
		properties.put("spring.kafka.consumer.auto-offset-reset", "earliest");
		properties.put("spring.kafka.consumer.max-poll-records", "2000");
		properties.put("mega.connectors.kafka.enabled", "true");
		String inbound = "mega.connectors.kafka.inbound.orders.";
		properties.put(inbound + "topics", topic);
		properties.put(inbound + "transformer", "order");
		properties.put(inbound + "concurrency", CONSUMERS);
	}

	/**
	 * Waits until the server has written as many rows.
	 */
	private static Mark await(ChildProcess process, Statement statement, long before, long rows) throws Exception {
		long last = 0;
		long progress = System.nanoTime();
		while (true) {
			long nanos = System.nanoTime();
			long written = Servers.rowsWritten(statement) - before;
			if (written > last) {
				last = written;
				progress = nanos;
			}
			else if (nanos - progress > STUCK.toNanos()) {
				throw new IllegalStateException("No row was written for " + STUCK + ": " + process.output());
			}
			if (written >= rows) {
				return new Mark(nanos, written, process.cpuSeconds());
			}
			process.requireAlive();
			TimeUnit.MILLISECONDS.sleep(10);
		}
	}

	/**
	 * Waits until all is committed, and nothing twice.
	 */
	private static void awaitCommit(ChildProcess process, Statement statement, long events) throws Exception {
		for (long rows = Servers.orders(statement); rows != events; rows = Servers.orders(statement)) {
			if (rows > events) {
				throw new IllegalStateException(rows + " rows were made of " + events + " events");
			}
			process.requireAlive();
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	/**
	 * How far a system has come.
	 *
	 * @param nanos the time
	 * @param rows how many rows there were
	 * @param cpu how many seconds of processor time it had used
	 */
	private record Mark(long nanos, long rows, double cpu) {

		double rowsPerSecondSince(Mark earlier) {
			return (this.rows - earlier.rows) * 1e9 / (this.nanos - earlier.nanos);
		}

		double cpuMicrosPerRowSince(Mark earlier) {
			return (this.cpu - earlier.cpu) * 1e6 / (this.rows - earlier.rows);
		}

	}

	/**
	 * A system under test.
	 *
	 * @param name its name in the results
	 * @param topic the topic it reads
	 * @param main its main class
	 * @param parameters the driver's parameters
	 * @param way its first argument, if it has any
	 */
	private record Subject(String name, String topic, String main, String parameters, String... way) {

		String[] args() {
			if (this.main.equals(LoaderProgram.class.getName())) {
				return new String[] { this.way[0], this.topic, CONSUMERS };
			}
			return this.way;
		}

	}

}
