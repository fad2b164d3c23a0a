package org.megaetl.devservices;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.common.utils.AppInfoParser;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker on a loopback port, with a directory of its own. It ends when it is
 * closed, and at the latest with this JVM.
 */
public final class KafkaServer implements KafkaBroker {

	private static final Log logger = LogFactory.getLog(KafkaServer.class);

	private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

	private static final int PORT_ATTEMPTS = 10;

	private static final int LOG_EXCERPT = 4000;

	private final ServiceDirectory directory;

	private final Map<String, String> settings;

	private final List<String> formatArguments;

	private boolean portFixed;

	private int port;

	private int controllerPort;

	private @Nullable ServerProcess process;

	private KafkaServer(ServiceDirectory directory, int port, Map<String, String> settings,
			List<String> formatArguments) {
		this.directory = directory;
		this.settings = Map.copyOf(settings);
		this.formatArguments = List.copyOf(formatArguments);
		this.portFixed = port != 0;
		this.port = port;
	}

	/**
	 * Start a broker in a directory.
	 * @param directory the directory, which the broker owns from now on: also if it fails
	 * to start, it is released
	 * @param port the port, or 0 for the one of last time or else any free one
	 * @param fresh whether data of an earlier run is deleted
	 * @param settings further settings of the broker
	 * @param formatArguments further arguments for formatting its storage
	 * @return the running broker
	 * @throws DevServiceException if the broker does not start
	 */
	static KafkaServer start(ServiceDirectory directory, int port, boolean fresh, Map<String, String> settings,
			List<String> formatArguments) {
		KafkaServer server = new KafkaServer(directory, port, settings, formatArguments);
		try {
			server.prepareData(fresh);
			server.start();
			return server;
		}
		catch (IOException ex) {
			server.close();
			throw new DevServiceException("The directory %s cannot be used: %s".formatted(directory.resolve(""), ex),
					"Set 'mega.devservices.kafka.directory' to a directory that can be written.", ex);
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	private void prepareData(boolean fresh) throws IOException {
		Optional<Long> orphan = this.directory.stopOrphan(pidFile(), "java", settingsFile().toString());
		orphan.ifPresent((pid) -> logger
			.info("Stopped Kafka (process %d), which an earlier run had left behind".formatted(pid)));
		if (fresh) {
			this.directory.delete("data");
		}
		if (this.port == 0 && Files.exists(portFile())) {
			this.port = Integer.parseInt(Files.readString(portFile()));
		}
	}

	/**
	 * Start the broker again, on the same port and with the same data. Does nothing if it
	 * is running.
	 * @throws DevServiceException if the broker does not start
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		try {
			for (int attempt = 1; !tryStart(attempt == PORT_ATTEMPTS); attempt++) {
				this.port = MariaDbServer.freePort();
			}
			this.portFixed = true;
			Files.writeString(portFile(), Integer.toString(this.port));
		}
		catch (IOException ex) {
			throw failure("start: " + ex);
		}
		catch (InterruptedException ex) {
			stop();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while Kafka was starting", ex);
		}
	}

	/**
	 * Start the broker once.
	 * @param last whether no other port will be tried
	 * @return {@code false} if another port should be tried
	 */
	private boolean tryStart(boolean last) throws IOException, InterruptedException {
		if (this.port == 0) {
			return false;
		}
		if (this.controllerPort == 0) {
			this.controllerPort = MariaDbServer.freePort();
		}
		writeSettings();
		Files.deleteIfExists(readyFile());
		Files.deleteIfExists(log());
		Files.createFile(log());
		ServerProcess process = ServerProcess.start(command(), log());
		this.process = process;
		Files.writeString(pidFile(), Long.toString(process.pid()));
		long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
		while (!Files.exists(readyFile())) {
			if (process.awaitExit(Duration.ofMillis(20))) {
				if (!last && logContains("Address already in use") && !this.portFixed) {
					this.controllerPort = 0;
					return false;
				}
				throw failure("start on port %d".formatted(this.port));
			}
			if (System.nanoTime() > deadline) {
				process.kill();
				throw failure("start in %s".formatted(START_TIMEOUT));
			}
		}
		return true;
	}

	private List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
				"-Dlogback.configurationFile=" + logbackFile(), "-cp", System.getProperty("java.class.path"),
				KafkaProgram.class.getName(), settingsFile().toString(), readyFile().toString()));
		command.addAll(this.formatArguments);
		return command;
	}

	private void writeSettings() throws IOException {
		Properties properties = new Properties();
		properties.put("process.roles", "broker,controller");
		properties.put("node.id", "1");
		properties.put("controller.quorum.voters", "1@127.0.0.1:" + this.controllerPort);
		properties.put("controller.listener.names", "CONTROLLER");
		properties.put("listeners",
				"PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(this.port, this.controllerPort));
		properties.put("listener.security.protocol.map",
				"CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT");
		properties.put("log.dirs", this.directory.resolve("data").toString());
		properties.put("num.partitions", "4");
		// one broker is all there is
		for (String topic : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
			properties.put(topic + ".replication.factor", "1");
			properties.put(topic + ".num.partitions", "1");
		}
		properties.put("transaction.state.log.min.isr", "1");
		properties.put("share.coordinator.state.topic.min.isr", "1");
		properties.put("group.initial.rebalance.delay.ms", "0");
		properties.put("group.min.session.timeout.ms", "1000");
		// one developer's machine: few threads, little memory, small files
		properties.put("num.io.threads", "4");
		properties.put("num.network.threads", "2");
		properties.put("log.cleaner.dedupe.buffer.size", "4194304");
		properties.put("log.index.size.max.bytes", "1048576");
		properties.put("controlled.shutdown.enable", "false");
		this.settings.forEach((name, value) -> properties.put(name, placed(value)));
		try (OutputStream stream = Files.newOutputStream(settingsFile())) {
			properties.store(stream, null);
		}
		Files.writeString(logbackFile(), """
				<configuration>
					<appender name="out" class="ch.qos.logback.core.ConsoleAppender">
						<encoder><pattern>%d %-5level %logger{20} - %msg%n</pattern></encoder>
					</appender>
					<root level="WARN"><appender-ref ref="out"/></root>
				</configuration>
				""");
	}

	private String placed(String value) {
		return value.replace("${port}", String.valueOf(this.port))
			.replace("${controller-port}", String.valueOf(this.controllerPort));
	}

	private boolean logContains(String text) throws IOException {
		return readLog().contains(text);
	}

	private String readLog() throws IOException {
		return Files.readString(log(), StandardCharsets.ISO_8859_1);
	}

	private DevServiceException failure(String what) {
		String log;
		try {
			log = readLog();
		}
		catch (IOException ex) {
			log = ex.toString();
		}
		return new DevServiceException(
				"Kafka did not %s. Its log %s ends with:%n%n%s".formatted(what, log(),
						log.substring(Math.max(0, log.length() - LOG_EXCERPT))),
				"Look for the cause in the log, or set 'spring.kafka.bootstrap-servers' (or KAFKA_URL) to a running "
						+ "broker.");
	}

	/**
	 * Stop the broker in an orderly way. It can be started again.
	 */
	public synchronized void stop() {
		if (this.process != null) {
			this.process.stop();
		}
	}

	/**
	 * End the broker as a crash would (SIGKILL). It can be started again.
	 */
	public synchronized void kill() {
		if (this.process != null) {
			this.process.kill();
		}
	}

	/**
	 * Whether the broker's process is running.
	 * @return whether the broker's process is running
	 */
	public synchronized boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	/**
	 * The TCP port on 127.0.0.1, which stays the same when the broker is started again.
	 * @return the port
	 */
	public synchronized int port() {
		return this.port;
	}

	/**
	 * The broker's version.
	 * @return the version, such as {@code 4.2.1}
	 */
	public String version() {
		return AppInfoParser.getVersion();
	}

	/**
	 * The directory that holds the data, the log and the lock of this broker.
	 * @return an absolute path
	 */
	public Path directory() {
		return this.directory.resolve("");
	}

	@Override
	public String bootstrapServers() {
		return "127.0.0.1:" + port();
	}

	/**
	 * Stop the broker and give its directory free.
	 */
	@Override
	public void close() {
		stop();
		try {
			this.directory.close();
		}
		catch (IOException ex) {
			logger.warn("The lock on %s could not be released".formatted(directory()), ex);
		}
	}

	private Path settingsFile() {
		return this.directory.resolve("server.properties");
	}

	private Path logbackFile() {
		return this.directory.resolve("logback.xml");
	}

	private Path readyFile() {
		return this.directory.resolve("ready");
	}

	private Path log() {
		return this.directory.resolve("kafka.log");
	}

	private Path pidFile() {
		return this.directory.resolve("kafka.pid");
	}

	private Path portFile() {
		return this.directory.resolve("port");
	}

}
