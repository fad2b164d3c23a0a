package org.megaetl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the measurements were made on.
 */
final class Machine {

	private Machine() {
	}

	static String describe() throws IOException {
		double memory = Long.parseLong(field("/proc/meminfo", "MemTotal", "0").replaceAll("\\D", "")) / 1048576.0;
		return "%d processors (%s), %.0f GB, Linux %s, JDK %s".formatted(Runtime.getRuntime().availableProcessors(),
				field("/proc/cpuinfo", "model name", System.getProperty("os.arch")), memory,
				System.getProperty("os.version"), Runtime.version());
	}

	private static String field(String file, String name, String otherwise) throws IOException {
		return Files.readAllLines(Path.of(file))
			.stream()
			.filter((line) -> line.startsWith(name))
			.map((line) -> line.substring(line.indexOf(':') + 1).strip())
			.findFirst()
			.orElse(otherwise);
	}

}
