package org.megaetl.app;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;

import org.springframework.util.FileSystemUtils;

/**
 * The programs of Prometheus, where they are installed.
 */
final class PrometheusServer implements AutoCloseable {

	private final Process process;

	private final int port;

	private final Path directory;

	private PrometheusServer(Process process, int port, Path directory) {
		this.process = process;
		this.port = port;
		this.directory = directory;
	}

	/**
	 * Starts a server that scrapes one address every second.
	 * @throws TestAbortedException if there is no such program, unless {@code CI} is set
	 */
	static PrometheusServer start(String url) throws IOException {
		Path program = program("prometheus");
		URI target = URI.create(url);
		Path directory = Files.createTempDirectory("prometheus");
		Path configuration = Files.writeString(directory.resolve("prometheus.yml"), """
				global: { scrape_interval: 1s }
				rule_files: [ %s ]
				scrape_configs:
				  - job_name: mega
				    metrics_path: %s
				    static_configs: [ { targets: [ "%s" ] } ]
				""".formatted(MonitoringFilesTests.RULES.toAbsolutePath(), target.getPath(), target.getAuthority()));
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		Process process = new ProcessBuilder(program.toString(), "--config.file=" + configuration,
				"--storage.tsdb.path=" + directory.resolve("data"), "--web.listen-address=127.0.0.1:" + port)
			.redirectErrorStream(true)
			.redirectOutput(directory.resolve("log").toFile())
			.start();
		return new PrometheusServer(process, port, directory);
	}

	/**
	 * Returns the result of a query.
	 */
	String query(String query) throws IOException, InterruptedException {
		return get("query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
	}

	/**
	 * Returns what the server says about the scrapes.
	 */
	String targets() throws IOException, InterruptedException {
		return get("targets");
	}

	private String get(String path) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + "/api/v1/" + path))
			.build();
		try {
			return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
		}
		catch (IOException ex) {
			return this.process.isAlive() ? "" : Files.readString(this.directory.resolve("log"));
		}
	}

	/**
	 * Runs {@code promtool}.
	 * @return what it says, if it is content
	 * @throws TestAbortedException if there is no such program, unless {@code CI} is set
	 */
	static String promtool(String... arguments) throws IOException, InterruptedException {
		List<String> command = Stream.concat(Stream.of(program("promtool").toString()), Stream.of(arguments)).toList();
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		if (process.waitFor() != 0) {
			throw new AssertionError(output);
		}
		return output;
	}

	private static Path program(String name) {
		return Stream.of(System.getenv("PATH").split(":"))
			.map((directory) -> Path.of(directory, name))
			.filter(Files::isExecutable)
			.findFirst()
			.orElseThrow(() -> {
				String message = "There is no program '" + name
						+ "': install Prometheus, such as Debian's 'prometheus'";
				return (System.getenv("CI") != null) ? new IllegalStateException(message)
						: new TestAbortedException(message);
			});
	}

	@Override
	public void close() throws IOException {
		this.process.destroy();
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
