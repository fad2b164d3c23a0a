package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.stream.Stream;

import org.megaetl.devservices.FreePort;
import org.megaetl.devservices.TestDatabase;
import org.opentest4j.TestAbortedException;

import org.springframework.util.FileSystemUtils;

/**
 * The image without Docker: the commands of the {@code Dockerfile} are run in a
 * directory, in which {@code /app} and the others are, by a JDK 25.
 */
final class DirectoryImage implements ContainerImage {

	private static final List<String> DIRECTORIES = List.of("/app", "/build", "/cache", "/config", "/training");

	private final Dockerfile dockerfile = Dockerfile.read();

	private final Path java;

	private final Path root;

	private final TestDatabase database = TestDatabase.create();

	private DirectoryImage(Path java, Path root) {
		this.java = java;
		this.root = root;
	}

	/**
	 * Creates the image's file system and the AOT cache.
	 * @return the image
	 */
	static DirectoryImage build() throws Exception {
		Path java = findJava();
		// Not below a directory that only its owner may enter
		Path root = Files.createTempDirectory("image");
		DirectoryImage image = new DirectoryImage(java, root);
		image.run("chmod 755 " + root, Map.of());
		for (String directory : DIRECTORIES) {
			Files.createDirectory(root.resolve(directory.substring(1)));
		}
		Path build = root.resolve("build");
		Files.createDirectories(build.resolve("mega-app/target"));
		Files.copy(PackagedApplication.JAR, build.resolve("mega-app/target/mega-app.jar"));
		image.run("cp -r " + Dockerfile.FILE.resolveSibling("container") + " /build/", Map.of());
		for (String command : image.dockerfile.instructions("build", "RUN")) {
			if (!command.contains("mvn ")) {
				image.run("cd /build\n" + command, Map.of("MODULE", "mega-app"));
			}
		}
		for (String copy : image.dockerfile.instructions("application", "COPY")) {
			String source = copy.replace("--from=build ", "").replace("./", "").strip();
			image.run("cp -a " + source + ". /app/", Map.of());
		}
		image.train();
		return image;
	}

	private void train() throws Exception {
		Path programs = Files.createDirectories(this.root.resolve("programs"));
		Path entryPoint = Files.writeString(programs.resolve("docker-entrypoint.sh"), "#!/bin/sh\n");
		run("chmod +x " + entryPoint, Map.of());
		try (TestDatabase training = TestDatabase.create()) {
			String command = this.dockerfile.instructions("trained", "RUN")
				.get(0)
				.replaceFirst("mysql://\\S+", Matcher.quoteReplacement(ContainerImage.url(training)));
			run("cd /app\nPATH=" + programs + ":$PATH\n" + command, Map.of("JAVA_HOME", this.java.toString(),
					"JDK_JAVA_OPTIONS", "-Dtraining.rounds=3 -Dtraining.port=" + FreePort.find()));
		}
		run("cp -a /cache/. /app/", Map.of());
	}

	@Override
	public Process start(Map<String, String> variables, Path log) throws IOException {
		return start(this.dockerfile.entryPoint(), variables, log);
	}

	@Override
	public Process startHealthCheck(Map<String, String> variables, Path log) throws IOException {
		return start(this.dockerfile.healthCheck(), variables, log);
	}

	private Process start(List<String> command, Map<String, String> variables, Path log) throws IOException {
		List<String> line = new ArrayList<>(asUser());
		line.addAll(command);
		ProcessBuilder builder = new ProcessBuilder(line).directory(this.root.resolve("app").toFile())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().clear();
		builder.environment().put("PATH", this.java.resolve("bin") + ":/usr/bin:/bin");
		builder.environment().putAll(this.dockerfile.environment());
		builder.environment().putAll(variables);
		return builder.start();
	}

	@Override
	public String databaseUrl() {
		return ContainerImage.url(this.database);
	}

	@Override
	public Path configuration() {
		return this.root.resolve("config");
	}

	@Override
	public List<String> files() throws IOException {
		Path app = this.root.resolve("app");
		try (Stream<Path> files = Files.walk(app)) {
			return files.filter(Files::isRegularFile).map((file) -> app.relativize(file).toString()).sorted().toList();
		}
	}

	private List<String> asUser() {
		if (!"root".equals(System.getProperty("user.name"))) {
			return List.of();
		}
		String[] user = this.dockerfile.user().split(":");
		return List.of("setpriv", "--reuid=" + user[0], "--regid=" + user[1], "--clear-groups", "--no-new-privs",
				"--bounding-set=-all");
	}

	private void run(String command, Map<String, String> variables) throws IOException, InterruptedException {
		String line = command;
		for (String directory : DIRECTORIES) {
			line = line.replaceAll("(?<![\\w.}])" + directory + "(?![\\w-])", this.root + directory);
		}
		Path log = Files.createTempFile("command", ".log");
		ProcessBuilder builder = new ProcessBuilder("sh", "-ec", line).redirectErrorStream(true)
			.redirectOutput(log.toFile());
		builder.environment().merge("PATH", this.java.resolve("bin").toString(), (old, bin) -> bin + ":" + old);
		builder.environment().putAll(variables);
		Process process = builder.start();
		try {
			if (!process.waitFor(10, TimeUnit.MINUTES) || process.exitValue() != 0) {
				throw new IllegalStateException(line + "\n" + Files.readString(log));
			}
		}
		finally {
			process.destroyForcibly();
			Files.delete(log);
		}
	}

	private static Path findJava() throws IOException {
		List<Path> homes = new ArrayList<>();
		Stream.of(System.getProperty("java.home"), System.getenv("JAVA_HOME"), System.getenv("JAVA_HOME_25_X64"))
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
		String message = "The image is made with a JDK 25, of which there is none in JAVA_HOME, JAVA_HOME_25_X64 or "
				+ usual;
		throw "true".equals(System.getenv("CI")) ? new IllegalStateException(message)
				: new TestAbortedException(message);
	}

	@Override
	public void close() throws IOException {
		this.database.close();
		FileSystemUtils.deleteRecursively(this.root);
	}

}
