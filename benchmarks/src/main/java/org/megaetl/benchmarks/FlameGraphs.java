package org.megaetl.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Flame graphs that async-profiler makes of a virtual machine under test, when that ends.
 */
final class FlameGraphs {

	private static final Path DIRECTORY = Path.of("target", "flame-graphs");

	/** Of all samples, in percent, what a frame must have to be drawn. */
	private static final String LEAST = "0.2";

	private static final long LARGEST = 300_000;

	private FlameGraphs() {
	}

	/**
	 * Returns the option of a virtual machine.
	 * @param event what is sampled, such as {@code cpu} or {@code alloc}
	 * @param name the graph's name
	 */
	static String agent(String event, String name) {
		try {
			return "-agentpath:" + library() + "=start,event=" + event + ",minwidth=" + LEAST + ",title="
					+ name.replace(' ', '_') + ",file="
					+ DIRECTORY.resolve(name + (event.equals("cpu") ? "" : "-" + event) + ".html").toAbsolutePath();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path library() throws IOException {
		String platform = System.getProperty("os.arch").equals("aarch64") ? "linux-arm64" : "linux-x64";
		String resource = "/" + platform + "/libasyncProfiler.so";
		Path library = Files.createDirectories(DIRECTORY).resolve("libasyncProfiler.so").toAbsolutePath();
		if (!Files.exists(library)) {
			try (InputStream stream = FlameGraphs.class.getResourceAsStream(resource)) {
				if (stream == null) {
					throw new IllegalStateException("The class path has no " + resource);
				}
				Files.copy(stream, library);
			}
		}
		return library;
	}

	/**
	 * Moves the graphs made since the last time to the documentation.
	 * @param directory a directory of the documentation
	 * @throws IllegalStateException if there is none, or one is too large to be kept
	 */
	static void publish(Path directory) throws IOException {
		List<Path> graphs;
		try (Stream<Path> files = Files.list(DIRECTORY)) {
			graphs = files.filter((file) -> file.toString().endsWith(".html")).toList();
		}
		if (graphs.isEmpty()) {
			throw new IllegalStateException("No flame graph was made");
		}
		Files.createDirectories(directory);
		for (Path graph : graphs) {
			if (Files.size(graph) > LARGEST) {
				throw new IllegalStateException(graph + " has " + Files.size(graph) + " bytes");
			}
			Files.move(graph, directory.resolve(graph.getFileName()), StandardCopyOption.REPLACE_EXISTING);
		}
	}

}
