package org.megaetl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.megaetl.devservices.FreePort;

import org.springframework.util.FileSystemUtils;

/**
 * The application as the {@code Dockerfile} makes it: extracted, with an AOT cache that
 * the same training leaves.
 */
final class CachedApplication {

	private static final Path TRAINING = Path.of("..", "container", "training").toAbsolutePath().normalize();

	private CachedApplication() {
	}

	/**
	 * Makes the application.
	 * @param jdk the JDK that makes the cache, and must be the one that uses it
	 * @param jar the packaged application
	 * @param servers has a database for the training
	 * @return the directory with {@code mega.jar} and {@code mega.aot}
	 */
	static Path create(Path jdk, Path jar, Servers servers) throws IOException, SQLException, InterruptedException {
		Path root = Path.of("target", "benchmarks", "application").toAbsolutePath();
		FileSystemUtils.deleteRecursively(root);
		Path packaged = Files.createDirectories(root).resolve("mega.jar");
		Files.copy(jar, packaged);
		String java = jdk.resolve("bin/java").toString();
		run("extraction", root, Map.of(),
				List.of(java, "-Djarmode=tools", "-jar", packaged.toString(), "extract", "--destination", "app"));
		Path application = root.resolve("app");
		run("training", application, Map.of("DATABASE_URL", servers.databaseUrl()),
				List.of(java, "-Dtraining.port=" + FreePort.find(), TRAINING.resolve("Training.java").toString(),
						TRAINING.toString(), application.resolve("mega.aot").toString()));
		return application;
	}

	private static void run(String name, Path directory, Map<String, String> environment, List<String> command)
			throws IOException, InterruptedException {
		try (ChildProcess process = ChildProcess.start(name, directory, environment, command)) {
			process.awaitEnd(Duration.ofMinutes(10));
		}
	}

}
