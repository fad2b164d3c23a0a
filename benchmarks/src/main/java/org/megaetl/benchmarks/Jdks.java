package org.megaetl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The JDKs of this machine.
 */
final class Jdks {

	/** Where one is looked for. */
	static final String PLACES = "jdk25=, JAVA_HOME_25, JAVA_HOME_25_X64 or /usr/lib/jvm";

	private Jdks() {
	}

	/**
	 * Returns the one that runs this program.
	 */
	static Path current() {
		return Path.of(System.getProperty("java.home"));
	}

	/**
	 * Finds a JDK 25.
	 * @param named where it is said to be, if it is
	 * @return its directory, or {@code null} if there is none
	 */
	static @Nullable Path find25(@Nullable String named) throws IOException {
		List<Path> homes = new ArrayList<>();
		Stream.of(named, System.getenv("JAVA_HOME_25"), System.getenv("JAVA_HOME_25_X64"))
			.filter(Objects::nonNull)
			.map(Path::of)
			.forEach(homes::add);
		Path usual = Path.of("/usr/lib/jvm");
		if (Files.isDirectory(usual)) {
			try (Stream<Path> directories = Files.list(usual)) {
				directories.sorted().forEach(homes::add);
			}
		}
		for (Path home : homes) {
			Path release = home.resolve("release");
			if (Files.isRegularFile(release) && Files.isExecutable(home.resolve("bin/javac"))
					&& Files.readString(release).contains("JAVA_VERSION=\"25")) {
				return home;
			}
		}
		return null;
	}

}
