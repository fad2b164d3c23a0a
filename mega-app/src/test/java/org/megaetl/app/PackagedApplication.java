package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

/**
 * The packaged application in a process of its own, started as a person would.
 */
final class PackagedApplication implements AutoCloseable {

	static final Path JAR = Path.of(System.getProperty("mega.app.jar"));

	private static final Duration PATIENCE = Duration.ofMinutes(4);

	private static final Pattern ACTUATOR = Pattern.compile("Actuator: (http://[^/\\s]+)");

	private final Process process;

	private final Path log;

	private PackagedApplication(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	static PackagedApplication start(Path directory, Map<String, String> variables, String... args) throws IOException {
		Path log = directory.resolve("log");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
						"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", JAR.toString(), "--server.port=0"));
		command.addAll(List.of(args));
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment()
			.keySet()
			.removeIf((name) -> name.startsWith("SPRING_") || name.startsWith("MEGA_") || name.equals("DATABASE_URL"));
		builder.environment().putAll(variables);
		return new PackagedApplication(builder.start(), log);
	}

	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Waits until the application has started.
	 * @return where its web server listens, such as http://localhost:8080
	 */
	String awaitAddress() {
		awaitLog("Actuator: ");
		Matcher matcher = ACTUATOR.matcher(log());
		if (!matcher.find()) {
			throw new IllegalStateException("No address in the log:\n" + log());
		}
		return matcher.group(1);
	}

	void awaitLog(String text) {
		Awaitility.await(text)
			.atMost(PATIENCE)
			.failFast(() -> !log().contains(text) && !isAlive())
			.until(() -> log().contains(text));
	}

	int awaitExit() throws InterruptedException {
		if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("Still running:\n" + log());
		}
		return this.process.exitValue();
	}

	/**
	 * Asks the application to stop (SIGTERM).
	 */
	void stop() {
		this.process.destroy();
	}

	/**
	 * Kills the application (SIGKILL).
	 */
	void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
