package org.megaetl.helm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A pod of the rendered deployment as a process: a kubelet in small. Its volumes are laid
 * out in a directory as Kubernetes does it, with links to the current version.
 */
final class Pod implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(8);

	private final List<JsonObject> objects;

	private final Path root;

	private final Process process;

	private Pod(List<JsonObject> objects, Path root, Map<String, String> variables) throws IOException {
		this.objects = objects;
		this.root = root;
		for (JsonElement mount : Chart.container(objects).getAsJsonArray("volumeMounts")) {
			mount(mount.getAsJsonObject());
		}
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-jar", System.getProperty("mega.app.jar"))
			.directory(root.toFile())
			.redirectErrorStream(true)
			.redirectOutput(root.resolve("log").toFile());
		builder.environment().clear();
		builder.environment().putAll(environment());
		builder.environment().putAll(variables);
		this.process = builder.start();
	}

	/**
	 * Starts the first container of the deployment's pod.
	 * @param objects the rendered objects
	 * @param root an empty directory, in place of the file system's root
	 * @param variables variables that replace those of the pod
	 * @return the pod
	 */
	static Pod start(List<JsonObject> objects, Path root, Map<String, String> variables) throws IOException {
		return new Pod(objects, root, variables);
	}

	/**
	 * Returns the path that a probe asks for.
	 * @param name the probe's name
	 * @return the path
	 */
	String probe(String name) {
		return Chart.at(Chart.container(this.objects), name, "httpGet", "path").getAsString();
	}

	String log() {
		try {
			return Files.readString(this.root.resolve("log"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void await(String what, Callable<Boolean> condition) {
		Awaitility.await(what)
			.atMost(PATIENCE)
			.failFast(() -> assertThat(this.process.isAlive()).as(this::log).isTrue())
			.until(condition);
	}

	int awaitExit() throws InterruptedException {
		if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException("Still running:\n" + log());
		}
		return this.process.exitValue();
	}

	void terminate() {
		this.process.destroy();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

	private Map<String, String> environment() {
		Map<String, String> environment = new HashMap<>();
		for (JsonElement element : Chart.container(this.objects).getAsJsonArray("env")) {
			JsonObject variable = element.getAsJsonObject();
			String name = variable.get("name").getAsString();
			if (variable.has("value")) {
				environment.put(name, relocate(variable.get("value").getAsString()));
			}
			else {
				JsonObject reference = Chart.at(variable, "valueFrom", "secretKeyRef").getAsJsonObject();
				JsonObject secret = Chart.one(this.objects, "Secret", reference.get("name").getAsString());
				environment.put(name, Chart.at(secret, "stringData", reference.get("key").getAsString()).getAsString());
			}
		}
		return environment;
	}

	private void mount(JsonObject mount) throws IOException {
		Path target = this.root.resolve(mount.get("mountPath").getAsString().substring(1));
		Map<String, byte[]> files = files(mount.get("name").getAsString());
		if (mount.has("subPath")) {
			Files.createDirectories(target.getParent());
			Files.write(target, files.get(mount.get("subPath").getAsString()));
			return;
		}
		Path version = Files.createDirectories(target.resolve("..2026_01_01"));
		Files.createSymbolicLink(target.resolve("..data"), version.getFileName());
		for (Map.Entry<String, byte[]> file : files.entrySet()) {
			Files.write(version.resolve(file.getKey()), file.getValue());
			Files.createSymbolicLink(target.resolve(file.getKey()), Path.of("..data", file.getKey()));
		}
	}

	private Map<String, byte[]> files(String name) {
		JsonObject volume = Chart.pod(this.objects)
			.getAsJsonArray("volumes")
			.asList()
			.stream()
			.map(JsonElement::getAsJsonObject)
			.filter((candidate) -> candidate.get("name").getAsString().equals(name))
			.findFirst()
			.orElseThrow();
		Map<String, byte[]> files = new HashMap<>();
		if (volume.has("configMap")) {
			JsonObject map = Chart.one(this.objects, "ConfigMap", Chart.at(volume, "configMap", "name").getAsString());
			texts(map, "data").forEach((key, text) -> files.put(key, relocate(text).getBytes()));
			texts(map, "binaryData").forEach((key, text) -> files.put(key, Base64.getDecoder().decode(text)));
		}
		else if (volume.has("secret")) {
			JsonObject secret = Chart.one(this.objects, "Secret",
					Chart.at(volume, "secret", "secretName").getAsString());
			texts(secret, "stringData").forEach((key, text) -> files.put(key, text.getBytes()));
		}
		return files;
	}

	private static Map<String, String> texts(JsonObject object, String key) {
		Map<String, String> texts = new HashMap<>();
		if (object.has(key)) {
			object.getAsJsonObject(key)
				.entrySet()
				.forEach((entry) -> texts.put(entry.getKey(), entry.getValue().getAsString()));
		}
		return texts;
	}

	/**
	 * Replaces the paths of volumes in a text by those below the pod's root.
	 */
	private String relocate(String text) {
		List<String> paths = new ArrayList<>();
		for (JsonElement mount : Chart.container(this.objects).getAsJsonArray("volumeMounts")) {
			paths.add(mount.getAsJsonObject().get("mountPath").getAsString());
		}
		String relocated = text;
		for (String path : List.of("/etc/mega", "/run/secrets/mega")) {
			relocated = paths.stream().anyMatch((mounted) -> (mounted + "/").startsWith(path + "/"))
					? relocated.replace(path, this.root + path) : relocated;
		}
		return relocated;
	}

}
