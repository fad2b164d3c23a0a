package org.megaetl.benchmarks;

import java.util.List;
import java.util.Map;

import org.megaetl.benchmarks.LoadGenerator.Load;
import org.megaetl.benchmarks.systems.MegaProgram;
import org.megaetl.benchmarks.systems.WebProgram;
import org.megaetl.devservices.FreePort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a request to a table with a primary key. Every system but the one that writes
 * nothing answers after the commit.
 */
final class WebhookBenchmark implements Scenario {

	/** Where systems are compared. */
	private static final int CONNECTIONS = 64;

	private static final Logger logger = LoggerFactory.getLogger(WebhookBenchmark.class);

	private static final List<Subject> SUBJECTS = List.of(new Subject(Results.MEGA, MegaProgram.class, "", true),
			new Subject("async servlet with group commit", WebProgram.class, "group-commit", true),
			new Subject("Spring MVC, insert per request", WebProgram.class, "insert", true),
			new Subject("Spring MVC, writes nothing", WebProgram.class, "nothing", false));

	private final Servers servers;

	private final Options options;

	WebhookBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	private static String perSecond(int connections) {
		return "req/s, " + connections + " conn.";
	}

	@Override
	public String figure() {
		return perSecond(CONNECTIONS);
	}

	@Override
	public Results run() throws Exception {
		Results results = new Results();
		this.options.takeTurns(SUBJECTS, Subject::name, (subject) -> measure(subject, results));
		return results;
	}

	private void measure(Subject subject, Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(true);
		int port = FreePort.find();
		properties.putAll(WebhookInbound.properties(port));
		properties.put("way", subject.way());
		try (Watch watch = new Watch(this.servers, Watch.WRITTEN);
				ChildProcess process = ChildProcess.startProgram(subject.name(), this.options.jvm(subject.name(), ""),
						properties, subject.main().getName())) {
			process.awaitPort(port);
			Load cold = LoadGenerator.run(port, CONNECTIONS, this.options.seconds(), 0, 0);
			results.add(subject.name(), "req/s, cold", cold.perSecond());
			long sent = cold.allAccepted(subject.name());
			sent += LoadGenerator.warmUp(port, CONNECTIONS, 1, sent).allAccepted(subject.name());
			for (int connections : this.options.connections()) {
				sent += LoadGenerator.warmUp(port, connections, 1, sent).allAccepted(subject.name());
				double cpu = process.cpuSeconds();
				Load load = LoadGenerator.run(port, connections, this.options.seconds(), 0, sent);
				sent += load.allAccepted(subject.name());
				results.add(subject.name(), perSecond(connections), load.perSecond());
				if (connections == 1 || connections == CONNECTIONS) {
					results.add(subject.name(), "p50, ms, " + connections, load.median());
					results.add(subject.name(), "p99, ms, " + connections, load.p99());
				}
				if (connections == CONNECTIONS) {
					results.add(subject.name(), "own CPU, µs a request",
							(process.cpuSeconds() - cpu) * 1e6 / load.sent());
				}
				logger.info("{}: {} connections: {}", subject.name(), connections, load);
			}
			Load fixed = LoadGenerator.run(port, CONNECTIONS, this.options.seconds(), this.options.rate(), sent);
			sent += fixed.allAccepted(subject.name());
			results.add(subject.name(), "p50 at " + this.options.rate() + " req/s, ms", fixed.median());
			results.add(subject.name(), "p99 at " + this.options.rate() + " req/s, ms", fixed.p99());
			results.add(subject.name(), "peak memory, MB", process.peakMegabytes());
			logger.info("{}: {} req/s: {}", subject.name(), this.options.rate(), fixed);
			if (subject.writes()) {
				watch.awaitOrders(process, sent);
			}
		}
	}

	/**
	 * A system under test.
	 *
	 * @param name its name in the results
	 * @param main its main class
	 * @param way what it does with an order
	 * @param writes whether it writes anything
	 */
	private record Subject(String name, Class<?> main, String way, boolean writes) {

	}

}
