package org.megaetl.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.megaetl.benchmarks.systems.MegaProgram;

/**
 * A program in a virtual machine of its own. What it costs is read from the operating
 * system, which must be Linux.
 */
final class ChildProcess implements AutoCloseable {

	/** The unit of time in /proc, the same on all Linux systems. */
	private static final int TICKS_PER_SECOND = 100;

	private final String name;

	private final Process process;

	private final Path log;

	private ChildProcess(String name, Process process, Path log) {
		this.name = name;
		this.process = process;
		this.log = log;
	}

	/**
	 * Starts a program.
	 * @param name names its log
	 * @param jvm options of the virtual machine
	 * @param properties its system properties
	 * @param classPath its class path
	 * @param main its main class
	 * @param args its arguments
	 * @return the running program
	 * @throws IOException if it cannot be started
	 */
	static ChildProcess start(String name, List<String> jvm, Map<String, String> properties, String classPath,
			String main, String... args) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
		command.addAll(List.of("-cp", classPath, main));
		command.addAll(List.of(args));
		return start(name, Path.of("").toAbsolutePath(), Map.of(), command);
	}

	/**
	 * Starts a program of this class path.
	 */
	static ChildProcess startProgram(String name, List<String> jvm, Map<String, String> properties, String main,
			String... args) throws IOException {
		return start(name, jvm, properties, System.getProperty("java.class.path"), main, args);
	}

	/**
	 * Starts MEGA.
	 * @param options the options of the scenario
	 * @param part a suffix of the flame graph's name, if there is one
	 * @param properties its system properties
	 * @return the running program
	 * @throws IOException if it cannot be started
	 */
	static ChildProcess startMega(Options options, String part, Map<String, String> properties) throws IOException {
		return startProgram(Results.MEGA, options.jvm(Results.MEGA, part), properties, MegaProgram.class.getName());
	}

	/**
	 * Starts any program.
	 * @param name names its log
	 * @param directory its working directory
	 * @param environment variables that are added to its environment
	 * @param command the program and its arguments
	 * @return the running program
	 * @throws IOException if it cannot be started
	 */
	static ChildProcess start(String name, Path directory, Map<String, String> environment, List<String> command)
			throws IOException {
		Path log = Path.of("target", "benchmarks", name.replaceAll("\\W+", "-") + ".log");
		Files.createDirectories(log.getParent());
		ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(new File(log.toString()));
		builder.environment().putAll(environment);
		return new ChildProcess(name, builder.start(), log);
	}

	/**
	 * Returns the processor time used so far, in seconds, in user and system mode.
	 */
	double cpuSeconds() throws IOException {
		String stat = Files.readString(proc("stat"));
		// the name of the program, in parentheses, may have blanks
		String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
		return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / (double) TICKS_PER_SECOND;
	}

	/**
	 * Returns the most memory that was resident so far, in megabytes.
	 */
	double peakMegabytes() throws IOException {
		return status("VmHWM:") / 1024.0;
	}

	/**
	 * Returns the memory that is resident, in megabytes.
	 */
	double residentMegabytes() throws IOException {
		return status("VmRSS:") / 1024.0;
	}

	/**
	 * Returns the number of threads.
	 */
	long threads() throws IOException {
		return status("Threads:");
	}

	private long status(String field) throws IOException {
		return Files.readAllLines(proc("status"))
			.stream()
			.filter((line) -> line.startsWith(field))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.findFirst()
			.orElseThrow();
	}

	private Path proc(String file) throws IOException {
		requireAlive();
		return Path.of("/proc", String.valueOf(this.process.pid()), file);
	}

	/**
	 * Waits until the program listens.
	 * @param port the port on this machine
	 */
	void awaitPort(int port) throws IOException, InterruptedException {
		while (true) {
			requireAlive();
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress("127.0.0.1", port), 1000);
				return;
			}
			catch (ConnectException ex) {
				TimeUnit.MILLISECONDS.sleep(10);
			}
		}
	}

	/**
	 * Waits until the program ends by itself.
	 * @param limit how long it may take
	 * @throws IllegalStateException if it takes longer, or fails
	 */
	void awaitEnd(Duration limit) throws IOException, InterruptedException {
		if (!this.process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS) || this.process.exitValue() != 0) {
			throw new IllegalStateException(this.name + " has failed: " + output());
		}
	}

	void requireAlive() throws IOException {
		if (!this.process.isAlive()) {
			throw new IllegalStateException(this.name + " has ended: " + output());
		}
	}

	/**
	 * Returns what the program has written.
	 */
	String output() throws IOException {
		return Files.readString(this.log);
	}

	@Override
	public void close() {
		this.process.destroy();
		try {
			if (!this.process.waitFor(20, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
