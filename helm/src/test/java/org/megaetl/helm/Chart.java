package org.megaetl.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.marcnuri.helm.Helm;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import org.springframework.util.FileSystemUtils;

/**
 * The chart, as the real Helm renders it.
 */
final class Chart {

	static final Path DIRECTORY = Path.of("mega").toAbsolutePath();

	static final String NAMESPACE = "shop";

	/** What a hook is annotated with in {@link #render}. */
	static final String HOOK = "example.org/hook";

	/** Helm renders hooks, too, but its Java binding leaves them out. */
	private static final Path WITHOUT_HOOKS = withoutHooks();

	private static final Gson GSON = new GsonBuilder().serializeNulls().create();

	private Chart() {
	}

	/**
	 * Renders the chart as the release {@code mega}.
	 * @param values the values, as YAML
	 * @return the objects, those of hooks included
	 */
	static List<JsonObject> render(String values) {
		return render("mega", values);
	}

	/**
	 * Renders the chart.
	 * @param release the release's name
	 * @param values the values, as YAML
	 * @return the objects, those of hooks included
	 */
	static List<JsonObject> render(String release, String values) {
		String text = withFile(values,
				(file) -> new Helm(WITHOUT_HOOKS).template()
					.withName(release)
					.withNamespace(NAMESPACE)
					.withKubeVersion("1.34.0")
					.withValuesFile(file)
					.call());
		return objects(text);
	}

	/**
	 * Renders what is told after an installation.
	 * @param values the values, as YAML
	 * @return the text
	 */
	static String notes(String values) {
		return withFile(values,
				(file) -> new Helm(DIRECTORY).install()
					.clientOnly()
					.dryRun()
					.withName("mega")
					.withNamespace(NAMESPACE)
					.withKubeVersion("1.34.0")
					.withValuesFile(file)
					.call()
					.getOutput());
	}

	static JsonObject one(List<JsonObject> objects, String kind, String name) {
		List<JsonObject> found = objects.stream()
			.filter((object) -> kind.equals(kind(object)) && name.equals(name(object)))
			.toList();
		if (found.size() != 1) {
			throw new AssertionError("%d objects are a %s called %s, of %s".formatted(found.size(), kind, name,
					objects.stream().map((object) -> kind(object) + " " + name(object)).toList()));
		}
		return found.get(0);
	}

	static JsonObject deployment(List<JsonObject> objects) {
		return one(objects, "Deployment", "mega");
	}

	/**
	 * Returns the pod's specification in the deployment.
	 * @param objects the rendered objects
	 * @return the specification
	 */
	static JsonObject pod(List<JsonObject> objects) {
		return at(deployment(objects), "spec", "template", "spec").getAsJsonObject();
	}

	static JsonObject container(List<JsonObject> objects) {
		return pod(objects).getAsJsonArray("containers").get(0).getAsJsonObject();
	}

	static JsonElement at(JsonObject object, String... path) {
		JsonElement element = object;
		for (String name : path) {
			element = element.getAsJsonObject().get(name);
			if (element == null) {
				throw new AssertionError("No '%s' in %s".formatted(name, object));
			}
		}
		return element;
	}

	static String kind(JsonObject object) {
		return object.get("kind").getAsString();
	}

	static String name(JsonObject object) {
		return at(object, "metadata", "name").getAsString();
	}

	static List<JsonObject> objects(String text) {
		LoaderOptions options = new LoaderOptions();
		options.setAllowDuplicateKeys(false);
		List<JsonObject> objects = new ArrayList<>();
		for (Object document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
			if (document != null) {
				objects.add(GSON.toJsonTree(document).getAsJsonObject());
			}
		}
		return objects;
	}

	/**
	 * Returns the values of a file of {@code src/test/resources/values}, on top of which
	 * there are others.
	 * @return the names and texts
	 */
	static List<String> scenarios() {
		try (Stream<Path> files = Files.list(Path.of("src/test/resources/values"))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static String scenario(String name) {
		try {
			return Files.readString(Path.of("src/test/resources/values", name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path withoutHooks() {
		try {
			Path copy = Files.createTempDirectory("chart");
			Runtime.getRuntime().addShutdownHook(new Thread(() -> {
				try {
					FileSystemUtils.deleteRecursively(copy);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}));
			FileSystemUtils.copyRecursively(DIRECTORY, copy.resolve("mega"));
			Path test = copy.resolve("mega/templates/tests/test.yaml");
			Files.writeString(test, Files.readString(test).replace("helm.sh/hook", HOOK));
			return copy.resolve("mega");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String withFile(String values, Rendering rendering) {
		try {
			Path file = Files.createTempFile("values", ".yaml");
			try {
				return rendering.render(Files.writeString(file, values));
			}
			finally {
				Files.delete(file);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private interface Rendering {

		String render(Path values);

	}

}
