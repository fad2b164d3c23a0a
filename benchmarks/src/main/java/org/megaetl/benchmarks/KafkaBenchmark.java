package org.megaetl.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import org.megaetl.benchmarks.systems.ListenerProgram;
import org.megaetl.benchmarks.systems.LoaderProgram;
import org.megaetl.benchmarks.systems.MegaProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a topic to a table. Two consumers read four partitions, with a connection each.
 * What is timed is when the database has the rows.
 */
final class KafkaBenchmark implements Scenario {

	static final String STEADY = "rows/s";

	private static final Logger logger = LoggerFactory.getLogger(KafkaBenchmark.class);

	private static final String TOPIC = "orders";

	private static final String FEW = "few-orders";

	private static final String REWRITING = "?rewriteBatchedStatements=true";

	private static final List<Subject> SUBJECTS = List.of(
			new Subject(Results.MEGA, TOPIC, MegaProgram.class.getName(), ""),
			new Subject(Results.MEGA + ", MariaDB driver", TOPIC, MegaProgram.class.getName(), ""),
			new Subject("loader, rewriteBatchedStatements", TOPIC, LoaderProgram.class.getName(), "", "rewriting"),
			new Subject("loader, multi-row INSERT", TOPIC, LoaderProgram.class.getName(), "", "multi-row"),
			new Subject("loader, LOAD DATA", TOPIC, LoaderProgram.class.getName(), "", "load-data"),
			new Subject("loader, MariaDB bulk", TOPIC, LoaderProgram.class.getName(), "", "bulk"),
			new Subject("Spring batch listener", TOPIC, ListenerProgram.class.getName(), REWRITING, "--batch=true"),
			new Subject("Debezium's JDBC sink", TOPIC, Debezium.MAIN, REWRITING), new Subject(
					"Spring listener, record by record", FEW, ListenerProgram.class.getName(), "", "--batch=false"));

	private final Servers servers;

	private final Options options;

	private final boolean key;

	/**
	 * Creates the benchmark.
	 * @param servers the servers
	 * @param options how much to run
	 * @param key whether the table has a primary key
	 */
	KafkaBenchmark(Servers servers, Options options, boolean key) {
		this.servers = servers;
		this.options = options;
		this.key = key;
	}

	@Override
	public String figure() {
		return STEADY;
	}

	@Override
	public Results run() throws Exception {
		this.servers.fillWithOrders(TOPIC, this.options.events());
		this.servers.fillWithOrders(FEW, this.options.slowEvents());
		Results results = new Results();
		this.options.takeTurns(SUBJECTS, Subject::name, (subject) -> measure(subject, results));
		return results;
	}

	private void measure(Subject subject, Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(this.key);
		properties.computeIfPresent("spring.datasource.url", (name, url) -> subject.url(url));
		properties.putAll(KafkaInbound.properties(subject.topic()));
		long events = subject.topic().equals(TOPIC) ? this.options.events() : this.options.slowEvents();
		try (Watch watch = new Watch(this.servers, Watch.WRITTEN)) {
			Mark start = new Mark(System.nanoTime(), 0, 0);
			try (ChildProcess process = start(subject, properties)) {
				Mark first = watch.await(process, 1);
				Mark warm = watch.await(process, this.options.warmUp(events));
				Mark end = watch.await(process, events);
				double peak = process.peakMegabytes();
				watch.awaitOrders(process, events);
				results.add(subject.name(), STEADY, end.perSecondSince(warm));
				results.add(subject.name(), "rows/s before", warm.perSecondSince(first));
				results.add(subject.name(), "own CPU, µs a row", end.cpuMicrosSince(warm));
				results.add(subject.name(), "peak memory, MB", peak);
				results.add(subject.name(), "to the first row, s", first.secondsSince(start));
				logger.info("{}: {} rows/s, before {}, {} µs a row, {} MB", subject.name(),
						Results.format(end.perSecondSince(warm)), Results.format(warm.perSecondSince(first)),
						Results.format(end.cpuMicrosSince(warm)), Results.format(peak));
			}
		}
	}

	private ChildProcess start(Subject subject, Map<String, String> properties) throws IOException {
		if (subject.main().equals(Debezium.MAIN)) {
			// it does not run in as little memory
			return ChildProcess.start(subject.name(), List.of("-Xmx2g"), Map.of(), Debezium.classPath(), subject.main(),
					Debezium.configure(properties));
		}
		return ChildProcess.startProgram(subject.name(), this.options.jvm(subject.name(), ""), properties,
				subject.main(), subject.args());
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

		String url(String mysql) {
			String url = this.name.contains("MariaDB") ? mysql.replace("jdbc:mysql:", "jdbc:mariadb:") : mysql;
			return url + this.parameters;
		}

		String[] args() {
			if (this.main.equals(LoaderProgram.class.getName())) {
				return new String[] { this.way[0], this.topic, KafkaInbound.CONSUMERS };
			}
			return this.way;
		}

	}

}
