package org.megaetl.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

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
		Path log = Path.of("target", "benchmarks", name.replaceAll("\\W+", "-") + ".log");
		Files.createDirectories(log.getParent());
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
		command.addAll(List.of("-cp", classPath, main));
		command.addAll(List.of(args));
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(new File(log.toString()))
			.start();
		return new ChildProcess(name, process, log);
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
		return Files.readAllLines(proc("status"))
			.stream()
			.filter((line) -> line.startsWith("VmHWM:"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")))
			.findFirst()
			.orElseThrow() / 1024.0;
	}

	private Path proc(String file) throws IOException {
		requireAlive();
		return Path.of("/proc", String.valueOf(this.process.pid()), file);
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
