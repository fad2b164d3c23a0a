package org.megaetl.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import tools.jackson.databind.json.JsonMapper;

/**
 * The instructions of the {@code Dockerfile}, so that tests run what is written there and
 * nothing else.
 */
final class Dockerfile {

	static final Path FILE = Path.of("..", "Dockerfile").toAbsolutePath().normalize();

	private final Map<String, List<String>> stages = new LinkedHashMap<>();

	private Dockerfile(String text) {
		List<String> stage = this.stages.computeIfAbsent("arguments", (name) -> new ArrayList<>());
		for (String line : text.replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", "").split("\n+")) {
			if (line.startsWith("FROM ")) {
				String name = line.contains(" AS ") ? line.substring(line.indexOf(" AS ") + 4) : "image";
				stage = this.stages.computeIfAbsent(name, (key) -> new ArrayList<>());
			}
			stage.add(line.strip());
		}
	}

	static Dockerfile read() {
		try {
			return new Dockerfile(Files.readString(FILE));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns what follows an instruction, wherever it is in a stage.
	 * @param stage the stage's name; "image" is the last
	 * @param instruction the instruction, such as {@code RUN}
	 * @return the rests of the lines
	 */
	List<String> instructions(String stage, String instruction) {
		List<String> lines = this.stages.get(stage);
		if (lines == null) {
			throw new IllegalArgumentException("No stage '" + stage + "', but " + this.stages.keySet());
		}
		return lines.stream()
			.filter((line) -> line.startsWith(instruction + " "))
			.map((line) -> line.substring(instruction.length() + 1).strip())
			.toList();
	}

	List<String> images() {
		return instructions("arguments", "ARG").stream()
			.filter((argument) -> argument.contains("_IMAGE="))
			.map((argument) -> argument.substring(argument.indexOf('=') + 1))
			.toList();
	}

	/**
	 * Returns the default of an argument of the build.
	 * @param name the argument's name
	 * @return its default
	 */
	String argument(String name) {
		return instructions("arguments", "ARG").stream()
			.filter((argument) -> argument.startsWith(name + "="))
			.map((argument) -> argument.substring(name.length() + 1))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Returns the environment of the image.
	 * @return names and values
	 */
	Map<String, String> environment() {
		Map<String, String> environment = new LinkedHashMap<>();
		for (String variables : instructions("image", "ENV")) {
			for (MatchResult match : Pattern.compile("(\\w+)=(\"[^\"]*\"|\\S+)")
				.matcher(variables)
				.results()
				.toList()) {
				environment.put(match.group(1), match.group(2).replace("\"", ""));
			}
		}
		return environment;
	}

	List<String> entryPoint() {
		return command(instructions("image", "ENTRYPOINT").get(0));
	}

	List<String> healthCheck() {
		String instruction = instructions("image", "HEALTHCHECK").get(0);
		return command(instruction.substring(instruction.indexOf("CMD ") + 4));
	}

	String user() {
		return instructions("image", "USER").get(0);
	}

	private static List<String> command(String json) {
		return Arrays.asList(JsonMapper.shared().readValue(json, String[].class));
	}

}
