package org.megaetl.benchmarks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.megaetl.benchmarks.LoadGenerator.Load;
import org.megaetl.benchmarks.systems.MegaProgram;
import org.megaetl.benchmarks.systems.WebProgram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a request to a table with a primary key. Every system but the one that writes
 * nothing answers after the commit.
 */
final class WebhookBenchmark {

	/** Where systems are compared. */
	static final int CONNECTIONS = 64;

	/**
	 * How long a system gets after its first requests until it is measured: until then
	 * the compilers of its virtual machine take more time than it does itself.
	 */
	private static final double WARM_UP_SECONDS = 20;

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

	static String perSecond(int connections) {
		return "req/s, " + connections + " conn.";
	}

	/**
	 * Measures all systems, one after the other, as often as is asked for.
	 * @return what was measured
	 */
	Results run() throws Exception {
		Results results = new Results();
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			for (Subject subject : SUBJECTS) {
				if (this.options.includes(subject.name())) {
					measure(subject, results);
				}
			}
		}
		return results;
	}

	private void measure(Subject subject, Results results) throws Exception {
		Map<String, String> properties = new HashMap<>(this.servers.prepare(true));
		int port = freePort();
		properties.put("server.port", String.valueOf(port));
		// or a connection would be closed in the middle of a run
		properties.put("server.tomcat.max-keep-alive-requests", "-1");
		properties.put("way", subject.way());
		properties.put("mega.connectors.webhook.enabled", "true");
		String inbound = "mega.connectors.webhook.inbound.orders.";
		properties.put(inbound + "path", "/orders");
		properties.put(inbound + "transformer", "order");
		properties.put(inbound + "auth", "none");
		try (Connection connection = this.servers.connect();
				Statement statement = connection.createStatement();
				ChildProcess process = ChildProcess.start(subject.name(), this.options.jvm(), properties,
						System.getProperty("java.class.path"), subject.main().getName())) {
			awaitPort(process, port);
			Load cold = LoadGenerator.run(port, CONNECTIONS, this.options.seconds(), 0, 0);
			results.add(subject.name(), "req/s, cold", cold.perSecond());
			long sent = check(subject, cold);
			sent += check(subject, LoadGenerator.run(port, CONNECTIONS, WARM_UP_SECONDS, 0, sent));
			for (int connections : this.options.connections()) {
				double cpu = process.cpuSeconds();
				Load load = LoadGenerator.run(port, connections, this.options.seconds(), 0, sent);
				sent += check(subject, load);
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
			sent += check(subject, fixed);
			results.add(subject.name(), "p50 at " + this.options.rate() + " req/s, ms", fixed.median());
			results.add(subject.name(), "p99 at " + this.options.rate() + " req/s, ms", fixed.p99());
			results.add(subject.name(), "peak memory, MB", process.peakMegabytes());
			logger.info("{}: {} req/s: {}", subject.name(), this.options.rate(), fixed);
			if (subject.writes() && Servers.orders(statement) != sent) {
				throw new IllegalStateException(
						subject.name() + " has answered " + sent + " orders and written " + Servers.orders(statement));
			}
		}
	}

	private static long check(Subject subject, Load load) {
		if (load.refused() > 0) {
			throw new IllegalStateException(subject.name() + " has refused " + load.refused() + " orders");
		}
		return load.sent();
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static void awaitPort(ChildProcess process, int port) throws IOException, InterruptedException {
		while (true) {
			process.requireAlive();
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
				return;
			}
			catch (IOException ex) {
				logger.debug("Not yet", ex);
				TimeUnit.MILLISECONDS.sleep(50);
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
