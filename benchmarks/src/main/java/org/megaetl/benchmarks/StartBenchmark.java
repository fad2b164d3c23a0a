package org.megaetl.benchmarks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.megaetl.benchmarks.LoadGenerator.Load;
import org.megaetl.benchmarks.systems.Orders;
import org.megaetl.devservices.FreePort;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packaged application, from the start of its process to the answer to its first
 * event, which is committed then, and its memory.
 */
final class StartBenchmark implements Scenario {

	private static final Logger logger = LoggerFactory.getLogger(StartBenchmark.class);

	private static final int RATE = 10_000;

	private static final int CONNECTIONS = 64;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Servers servers;

	private final Options options;

	private final Path jar = Path.of(System.getProperty("mega.app.jar", "mega-app.jar")).toAbsolutePath().normalize();

	StartBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return "to the first event, s";
	}

	@Override
	public Results run() throws Exception {
		if (!Files.isRegularFile(this.jar)) {
			throw new IllegalStateException("There is no " + this.jar + ": package mega-app");
		}
		Results results = new Results("JDK");
		Path here = Path.of("").toAbsolutePath();
		List<Subject> subjects = new ArrayList<>();
		subjects.add(new Subject(Runtime.version().feature() + ", jar", Jdks.current(), here, jarCommand()));
		Path jdk25 = Jdks.find25(this.options.jdk25());
		if (jdk25 == null) {
			results.skip("25, jar", "not measured: no JDK 25 in " + Jdks.PLACES);
			results.skip("25, AOT cache", "not measured: no JDK 25 in " + Jdks.PLACES);
		}
		else {
			subjects.add(new Subject("25, jar", jdk25, here, jarCommand()));
			Path application = CachedApplication.create(jdk25, this.jar, this.servers);
			subjects.add(new Subject("25, AOT cache", jdk25, application,
					List.of("-XX:AOTCache=mega.aot", "-XX:AOTMode=on", "-jar", "mega.jar")));
		}
		for (int repetition = 0; repetition < this.options.repetitions(); repetition++) {
			for (Subject subject : subjects) {
				measure(subject, results);
			}
		}
		return results;
	}

	private List<String> jarCommand() {
		return List.of("-jar", this.jar.toString());
	}

	private void measure(Subject subject, Results results) throws Exception {
		Map<String, String> properties = this.servers.prepare(true);
		int port = FreePort.find();
		List<String> command = new ArrayList<>();
		command.add(subject.jdk().resolve("bin/java").toString());
		// a profile would be of the start as well
		command.addAll(this.options.jvm("", ""));
		command.addAll(subject.command());
		properties.forEach((key, value) -> command.add("--" + key + "=" + value));
		command.addAll(List.of("--server.port=" + port, "--server.tomcat.max-keep-alive-requests=-1",
				"--mega.connectors.webhook.enabled=true", "--mega.connectors.webhook.inbound.orders.path=/orders",
				"--mega.connectors.webhook.inbound.orders.transformer=order",
				"--mega.connectors.webhook.inbound.orders.auth=none", "--mega.transformers.order.type=mapping",
				"--mega.transformers.order.table=orders"));
		Orders.COLUMNS.forEach((column) -> command.add("--mega.transformers.order.columns." + column + "=/" + column));
		long start = System.nanoTime();
		try (ChildProcess process = ChildProcess.start("start " + subject.name(), subject.directory(), Map.of(),
				command); Watch watch = new Watch(this.servers, Watch.KEYS)) {
			awaitFirstEvent(process, port, start);
			double seconds = (System.nanoTime() - start) / 1e9;
			results.add(subject.name(), figure(), seconds);
			results.add(subject.name(), "CPU until then, s", process.cpuSeconds());
			results.add(subject.name(), "resident then, MB", process.residentMegabytes());
			Load load = LoadGenerator.run(port, CONNECTIONS, this.options.seconds(), RATE, 1);
			watch.awaitOrders(process, 1 + load.allAccepted(subject.name()));
			results.add(subject.name(), "resident after traffic, MB", process.residentMegabytes());
			results.add(subject.name(), "peak, MB", process.peakMegabytes());
			results.add(subject.name(), "events/s of the traffic", load.perSecond());
			results.add(subject.name(), "p99, ms", load.p99());
			logger.info("{}: {} s, {} MB after {}", subject.name(), Results.format(seconds),
					Results.format(process.residentMegabytes()), load);
		}
	}

	/**
	 * Posts the first event until it is answered with 200.
	 */
	private static void awaitFirstEvent(ChildProcess process, int port, long start)
			throws IOException, InterruptedException {
		String body = new String(Orders.json(0), StandardCharsets.UTF_8);
		byte[] request = ("POST /orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
				+ "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
			.getBytes(StandardCharsets.US_ASCII);
		while (System.nanoTime() - start < PATIENCE.toNanos()) {
			process.requireAlive();
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port));
				socket.getOutputStream().write(request);
				String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				if (answer.startsWith("HTTP/1.1 200")) {
					return;
				}
				logger.info("Not yet: {}", answer);
			}
			catch (ConnectException ex) {
				// it does not listen yet
			}
			TimeUnit.MILLISECONDS.sleep(5);
		}
		throw new IllegalStateException("No event was accepted within " + PATIENCE + ": " + process.output());
	}

	/**
	 * A way to start the application.
	 *
	 * @param name its name in the results
	 * @param jdk the JDK that runs it
	 * @param directory its working directory
	 * @param command what follows the options of the virtual machine
	 */
	private record Subject(String name, Path jdk, Path directory, List<String> command) {

	}

}
