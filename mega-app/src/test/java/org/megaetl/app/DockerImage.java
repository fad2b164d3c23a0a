package org.megaetl.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

import org.springframework.util.FileSystemUtils;

/**
 * The image as Docker builds and runs it, restricted as the pods of the chart are, with
 * MariaDB in a container beside it.
 */
final class DockerImage implements ContainerImage {

	private final Dockerfile dockerfile = Dockerfile.read();

	/** The name of the image, the network and the container. */
	private final String name = "mega-" + UUID.randomUUID();

	private final String database = this.name + "-database";

	private final Path configuration;

	private DockerImage(Path configuration) {
		this.configuration = configuration;
	}

	/**
	 * Returns whether there is an engine for Linux containers.
	 * @return {@code false} also where there is no program {@code docker}
	 */
	static boolean isAvailable() throws InterruptedException {
		try {
			return docker(1, "version", "--format", "{{.Server.Os}}").lines().anyMatch("linux"::equals);
		}
		catch (IOException ex) {
			return false;
		}
	}

	static DockerImage build() throws Exception {
		// Not below a directory that only its owner may enter
		Path configuration = Files.createTempDirectory("image");
		configuration.toFile().setReadable(true, false);
		configuration.toFile().setExecutable(true, false);
		DockerImage image = new DockerImage(configuration);
		try {
			docker(30, "build", "--tag", image.name, Dockerfile.FILE.getParent().toString());
			docker(1, "network", "create", image.name);
			docker(10, "run", "--detach", "--name", image.database, "--network", image.name, "--network-alias",
					"database", "--env", "MARIADB_RANDOM_ROOT_PASSWORD=1", "--env", "MARIADB_DATABASE=mega", "--env",
					"MARIADB_USER=mega", "--env", "MARIADB_PASSWORD=mega", image.dockerfile.argument("DATABASE_IMAGE"));
			return image;
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			image.close();
			throw ex;
		}
	}

	@Override
	public String databaseUrl() {
		return "mysql://mega:mega@database:3306/mega";
	}

	@Override
	public Path configuration() {
		return this.configuration;
	}

	@Override
	public List<String> files() throws IOException, InterruptedException {
		return docker(1, "run", "--rm", "--entrypoint", "find", this.name, "/app", "-type", "f", "-printf", "%P\\n")
			.lines()
			.sorted()
			.toList();
	}

	@Override
	public Process start(Map<String, String> variables, Path log) throws IOException {
		String port = variables.get("SERVER_PORT");
		List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "--name", this.name, "--network",
				this.name, "--publish", "127.0.0.1:" + port + ":" + port, "--read-only", "--tmpfs",
				"/tmp:exec,mode=1777", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--volume",
				this.configuration + ":" + this.configuration + ":ro"));
		variables.forEach((key, value) -> command.addAll(List.of("--env", key + "=" + value)));
		command.add(this.name);
		return process(command, log);
	}

	@Override
	public Process startHealthCheck(Map<String, String> variables, Path log) throws IOException {
		List<String> command = new ArrayList<>(List.of("docker", "exec", this.name));
		command.addAll(this.dockerfile.healthCheck());
		return process(command, log);
	}

	@Override
	public void close() throws IOException {
		try {
			docker(1, "rm", "--force", "--volumes", this.name, this.database);
			docker(1, "network", "rm", "--force", this.name);
			docker(1, "image", "rm", "--force", this.name);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while containers were removed", ex);
		}
		finally {
			FileSystemUtils.deleteRecursively(this.configuration);
		}
	}

	private static Process process(List<String> command, Path log) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
	}

	private static String docker(int minutes, String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of("docker"));
		command.addAll(List.of(arguments));
		Path log = Files.createTempFile("docker", ".log");
		Process process = null;
		try {
			process = process(command, log);
			if (!process.waitFor(minutes, TimeUnit.MINUTES) || process.exitValue() != 0) {
				throw new IOException(command + " failed:\n" + Files.readString(log));
			}
			return Files.readString(log);
		}
		finally {
			if (process != null) {
				process.destroyForcibly();
			}
			Files.delete(log);
		}
	}

}
