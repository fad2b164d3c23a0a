package org.megaetl.devservices;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import org.apache.kafka.common.utils.AppInfoParser;

/**
 * A Kafka broker.
 */
public final class KafkaServer extends LocalServer implements KafkaBroker {

	static final String PRODUCT = "Kafka";

	private final Map<String, String> settings;

	private final List<String> formatArguments;

	private int controllerPort;

	/**
	 * Create a broker that does not run yet.
	 * @param directory the directory, which the broker owns from now on
	 * @param port the port, or 0 for the one of last time or else any free one
	 * @param settings further settings of the broker
	 * @param formatArguments further arguments for formatting its storage
	 */
	KafkaServer(ServiceDirectory directory, int port, Map<String, String> settings, List<String> formatArguments) {
		super(PRODUCT, directory, port);
		this.settings = Map.copyOf(settings);
		this.formatArguments = List.copyOf(formatArguments);
	}

	@Override
	String program() {
		return "java";
	}

	@Override
	String ownArgument() {
		return settingsFile().toString();
	}

	@Override
	void prepareData() {
		// formatted by the program
	}

	@Override
	List<String> command() throws IOException {
		if (this.controllerPort == 0) {
			this.controllerPort = FreePort.find();
		}
		writeSettings();
		writeClassPath();
		Files.deleteIfExists(readyFile());
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
				"-Dlogback.configurationFile=" + logbackFile(), "@" + classPathFile(), KafkaProgram.class.getName(),
				ownArgument(), readyFile().toString()));
		command.addAll(this.formatArguments);
		return command;
	}

	/**
	 * In a file, as Java reads the arguments of another process on Linux only if they are
	 * not longer than a page, and by them a broker that was left behind is known.
	 */
	private void writeClassPath() throws IOException {
		String classPath = System.getProperty("java.class.path").replace("\\", "\\\\").replace("\"", "\\\"");
		Files.writeString(classPathFile(), "-cp \"" + classPath + "\"");
	}

	private void writeSettings() throws IOException {
		Properties properties = new Properties();
		properties.put("process.roles", "broker,controller");
		properties.put("node.id", "1");
		properties.put("controller.quorum.voters", "1@127.0.0.1:" + this.controllerPort);
		properties.put("controller.listener.names", "CONTROLLER");
		properties.put("listeners",
				"PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port(), this.controllerPort));
		properties.put("listener.security.protocol.map",
				"CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL,SASL_PLAINTEXT:SASL_PLAINTEXT");
		properties.put("log.dirs", data().toString());
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
		return value.replace("${port}", String.valueOf(port()))
			.replace("${controller-port}", String.valueOf(this.controllerPort));
	}

	@Override
	boolean isReady() {
		return Files.exists(readyFile());
	}

	@Override
	boolean isPortTaken() throws IOException {
		// the operating system says why in words of its own
		if (!logContains("Socket server failed to bind to")) {
			return false;
		}
		// it may have been this one
		this.controllerPort = 0;
		return true;
	}

	@Override
	DevServiceException startFailure(String doing) {
		return new DevServiceException(
				"Kafka did not %s. Its log %s says:%n%n%s".formatted(doing, log(), excerpt(log())),
				"Look for the cause in the log, or set 'spring.kafka.bootstrap-servers' (or KAFKA_URL) to a running "
						+ "broker.");
	}

	/**
	 * The broker's version.
	 * @return the version, such as {@code 4.2.1}
	 */
	public String version() {
		return AppInfoParser.getVersion();
	}

	@Override
	public String bootstrapServers() {
		return "127.0.0.1:" + port();
	}

	private Path settingsFile() {
		return files().resolve("server.properties");
	}

	private Path logbackFile() {
		return files().resolve("logback.xml");
	}

	private Path classPathFile() {
		return files().resolve("classpath");
	}

	private Path readyFile() {
		return files().resolve("ready");
	}

}
