package org.megaetl.helm;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Names and values that YAML, Helm or Kubernetes could take for something else.
 */
class HostileValuesTests {

	/** Every object that takes a name from a release. */
	private static final String EVERYTHING = """
			database: { url: "mysql://a:b@c/d" }
			secretFiles: { a: b }
			transformers: { scripts: { a.js: b } }
			migrations: { V1__a.sql: b }
			serviceMonitor: { enabled: true }
			prometheusRule: { enabled: true }
			dashboard: { enabled: true }
			networkPolicy: { enabled: true }
			autoscaling: { enabled: true }
			ingress: { enabled: true, hosts: [{ host: a.example.org }] }
			httpRoute: { enabled: true, parentRefs: [{ name: a }] }
			""";

	/** What fits where there is nothing else. */
	private static final int MOST_BINARIES = 350 << 10;

	/** What keys in values.yaml stand for themselves, not for a value of the chart. */
	private static final Set<String> FREE = Set.of("/dashboard/labels");

	@ParameterizedTest
	@ValueSource(strings = { "true", "null", "no", "y", "e1" })
	void takesANameThatLooksLikeAnotherTypeForAName(String name) {
		assertAccepted(Chart.render(name, EVERYTHING));
		String quoted = "'" + name + "'";
		assertAccepted(Chart.render(name, EVERYTHING + "nameOverride: " + quoted));
		assertAccepted(Chart.render(name, EVERYTHING + "fullnameOverride: " + quoted));
		assertAccepted(Chart.render("""
				database: { existingSecret: %1$s, existingSecretKey: %1$s }
				existingSecretFiles: %1$s
				operator: { existingSecret: %1$s }
				serviceAccount: { name: %1$s }
				priorityClassName: %1$s
				runtimeClassName: %1$s
				image: { repository: %1$s, tag: %1$s }
				temporary: { sizeLimit: '1' }
				ingress: { enabled: true, className: %1$s, hosts: [{ host: %1$s, paths: [{ path: '/: #' }] }] }
				httpRoute: { enabled: true, parentRefs: [{ name: %1$s }] }
				extraEnv: [{ name: A, value: %1$s }]
				labels: { a: %1$s }
				podAnnotations: { a: %1$s }
				nodeSelector: { a: %1$s }
				""".formatted(quoted)));
		assertAccepted(Chart.render("database: { url: 'mysql://a', existingSecretKey: " + quoted + " }"));
	}

	@Test
	void keepsReleasesWithLongNamesApart() {
		List<JsonObject> one = Chart.render("a".repeat(52) + "1", EVERYTHING);
		List<JsonObject> other = Chart.render("a".repeat(52) + "2", EVERYTHING);
		assertAccepted(one);
		assertThat(names(one)).allMatch((name) -> name.length() - name.indexOf('/') - 1 <= 63)
			.doesNotContainAnyElementsOf(names(other));
		assertThat(one).extracting((object) -> Chart.at(object, "metadata", "labels").getAsJsonObject())
			.allSatisfy((labels) -> labels.entrySet()
				.forEach((label) -> assertThat(label.getValue().getAsString()).hasSizeLessThanOrEqualTo(63)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "mega", "a", "a-mega" })
	void keepsTwoReleasesInANamespaceApart(String name) {
		List<JsonObject> one = Chart.render(name, EVERYTHING);
		List<JsonObject> other = Chart.render("other", EVERYTHING);
		assertThat(names(one)).doesNotContainAnyElementsOf(names(other));
		assertThat(selector(one)).isNotEqualTo(selector(other));
	}

	@Test
	void refusesAReleaseThatNoServiceCanBeNamedAfter() {
		assertRefused("1shop", "{}", "fullnameOverride");
		assertRefused("mega", "fullnameOverride: 1shop", "/fullnameOverride");
		assertAccepted(Chart.render("1shop", "fullnameOverride: shop"));
	}

	@Test
	void keepsTheSelectorWhateverChanges() {
		String changed = EVERYTHING + """
				image: { tag: other }
				labels: { app.kubernetes.io/instance: other, app.kubernetes.io/name: other }
				podLabels: { app.kubernetes.io/instance: other, app.kubernetes.io/name: other }
				fullnameOverride: mega
				""";
		JsonElement selector = selector(Chart.render("{}"));
		List<JsonObject> upgraded = Chart.render(changed);
		assertThat(selector(upgraded)).isEqualTo(selector);
		assertThat(Chart.at(Chart.deployment(upgraded), "spec", "template", "metadata", "labels")
			.getAsJsonObject()
			.entrySet()).containsAll(selector.getAsJsonObject().entrySet());
	}

	@ParameterizedTest
	@MethodSource
	void handsATextToTheApplicationAsItIs(String text) {
		JsonObject texts = new JsonObject();
		for (String name : List.of("a.js", "b.js", text.matches("[a-z0-9-]+") ? text : "c")) {
			texts.addProperty(name, text);
		}
		JsonObject all = new JsonObject();
		all.add("mega", texts);
		all.add("config", nested("texts", texts));
		all.add("transformers", nested("scripts", texts));
		all.add("secretFiles", texts);
		all.add("podAnnotations", texts);
		List<JsonObject> objects = Chart.render(all.toString());
		assertAccepted(objects);
		String file = Chart.at(Chart.one(objects, "ConfigMap", "mega"), "data", "application.yml").getAsString();
		JsonObject application = Chart.objects(file).get(0);
		assertThat(application.get("mega")).isEqualTo(texts);
		assertThat(application.get("texts")).isEqualTo(texts);
		assertThat(Chart.one(objects, "ConfigMap", "mega-transformers").get("data")).isEqualTo(texts);
		assertThat(Chart.one(objects, "Secret", "mega-files").get("stringData")).isEqualTo(texts);
	}

	static Stream<String> handsATextToTheApplicationAsItIs() {
		return Stream.of("1", "1e3", "true", "null", "~", "", " ", "a: b", "# a", "a\nb", "a\n", "\n a", "\ta\n\tb",
				"a\r\nb", "'", "\"", "\\n", "{{ .Values }}", "${a}", "ä€\uD83D\uDE00", "a\u2028b", "---", "- a", "&a",
				"*a", "!a", "%a", "@a", "0x10", "1_000", "2026-01-01", "12:30:45", "0777");
	}

	@Test
	void keepsEmptyMapsOfTheConfiguration() {
		List<JsonObject> objects = Chart.render("mega: { connectors: {} }\nconfig: { spring: {} }\nlabels: {}");
		assertAccepted(objects);
		String file = Chart.at(Chart.one(objects, "ConfigMap", "mega"), "data", "application.yml").getAsString();
		assertThat(Chart.objects(file).get(0)).hasToString("{\"mega\":{\"connectors\":{}},\"spring\":{}}");
	}

	@Test
	void refusesFilesThatDoNotFitIntoAConfigMap() {
		String text = "a".repeat(700 << 10);
		String binary = Base64.getEncoder().encodeToString(new byte[MOST_BINARIES]);
		assertRefused("mega", "transformers: { scripts: { a.js: %s, b.js: %s } }".formatted(text, text),
				"transformers.volume");
		assertRefused("mega",
				"transformers: { scripts: { a.js: %s }, binaries: { b.wasm: %s } }".formatted(text, binary),
				"transformers.volume");
		assertRefused("mega", "migrations: { V1__a.sql: %s, V2__b.sql: %s }".formatted(text, text), "extraVolumes");
	}

	@Test
	void refusesWhatDoesNotFitIntoTheSecretOfARelease() {
		String most = "b.wasm: " + base64(MOST_BINARIES);
		String text = text(600 << 10);
		for (String values : List.of("transformers: { binaries: { %s, c.wasm: %s } }".formatted(most, base64(8 << 10)),
				"transformers: { scripts: { a.js: %s }, binaries: { %s } }".formatted(text(64 << 10), most),
				"transformers: { binaries: { %s } }\nmigrations: { V1__a.sql: %s }".formatted(most, text(64 << 10)),
				"transformers: { scripts: { a.js: %s } }\nmigrations: { V1__a.sql: %s }".formatted(text, text))) {
			assertRefused("mega", values, "do not fit into the Secret in which Helm keeps a release");
		}
	}

	/**
	 * Helm stores values, objects and the chart itself as compressed JSON in base64.
	 */
	@ParameterizedTest
	@CsvSource({ "350, 0", "330, 64" })
	void takesWhatJustFitsIntoTheSecretOfARelease(int binaries, int text) throws IOException {
		String values = """
				serviceMonitor: { enabled: true }
				prometheusRule: { enabled: true }
				dashboard: { enabled: true }
				transformers: { scripts: { a.js: '%s' }, binaries: { b.wasm: %s } }
				""".formatted(text(text << 10), base64(binaries << 10));
		ByteArrayOutputStream release = new ByteArrayOutputStream();
		try (GZIPOutputStream compressed = new GZIPOutputStream(release);
				Stream<Path> chart = Files.walk(Chart.DIRECTORY)) {
			compressed.write(values.getBytes(StandardCharsets.UTF_8));
			compressed.write(Chart.render(values).toString().getBytes(StandardCharsets.UTF_8));
			for (Path file : (Iterable<Path>) chart.filter(Files::isRegularFile)::iterator) {
				// the chart's own files are in base64 within the JSON
				compressed.write(Base64.getEncoder().encode(Files.readAllBytes(file)));
			}
		}
		assertThat(Base64.getEncoder().encode(release.toByteArray())).hasSizeLessThan(1 << 20);
	}

	/**
	 * Returns bytes that nothing compresses.
	 */
	private static String base64(int size) {
		byte[] bytes = new byte[size];
		new Random(1).nextBytes(bytes);
		return Base64.getEncoder().encodeToString(bytes);
	}

	/**
	 * Returns a text that is compressed to a third, as scripts are.
	 */
	private static String text(int size) {
		return new Random(1).ints(size, 'a', 'g')
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	@ParameterizedTest
	@MethodSource("values")
	void refusesATypoInAnyValue(String path) {
		List<String> keys = List.of(path.substring(1).split("/"));
		String parent = path.substring(0, path.lastIndexOf('/'));
		if (!FREE.contains(parent)) {
			assertRefused("mega", yaml(keys, "x", new JsonPrimitive("a")), "not allowed");
		}
	}

	@ParameterizedTest
	@MethodSource("values")
	void rendersOrRefusesNullInPlaceOfAnyValue(String path) {
		List<String> keys = List.of(path.substring(1).split("/"));
		for (String others : List.of("", EVERYTHING)) {
			JsonObject values = others.isEmpty() ? new JsonObject() : Chart.objects(others).get(0);
			merge(values, Chart.objects(yaml(keys, "", JsonNull.INSTANCE)).get(0));
			try {
				assertAccepted(Chart.render(values.toString()));
			}
			catch (RuntimeException ex) {
				assertThat(ex).hasMessageMatching("(?s).*(at '" + parent(path) + "'|missing propert|set one of).*");
			}
		}
	}

	static Stream<String> values() throws IOException {
		List<String> paths = new ArrayList<>();
		collect("", Chart.objects(Files.readString(Chart.DIRECTORY.resolve("values.yaml"))).get(0), paths);
		return paths.stream();
	}

	private static void collect(String path, JsonObject object, List<String> paths) {
		for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
			paths.add(path + "/" + entry.getKey());
			if (entry.getValue().isJsonObject()) {
				collect(path + "/" + entry.getKey(), entry.getValue().getAsJsonObject(), paths);
			}
		}
	}

	private static String parent(String path) {
		return path.substring(0, path.lastIndexOf('/'));
	}

	private static String yaml(List<String> keys, String suffix, JsonElement value) {
		JsonElement element = value;
		for (int i = keys.size() - 1; i >= 0; i--) {
			element = nested((i == keys.size() - 1) ? keys.get(i) + suffix : keys.get(i), element);
		}
		return element.toString();
	}

	private static JsonObject nested(String key, JsonElement value) {
		JsonObject object = new JsonObject();
		object.add(key, value);
		return object;
	}

	private static void merge(JsonObject object, JsonObject other) {
		other.entrySet().forEach((entry) -> {
			JsonElement old = object.get(entry.getKey());
			if (old != null && old.isJsonObject() && entry.getValue().isJsonObject()) {
				merge(old.getAsJsonObject(), entry.getValue().getAsJsonObject());
			}
			else {
				object.add(entry.getKey(), entry.getValue());
			}
		});
	}

	private static JsonElement selector(List<JsonObject> objects) {
		JsonObject deployment = objects.stream()
			.filter((object) -> Chart.kind(object).equals("Deployment"))
			.findFirst()
			.orElseThrow();
		return Chart.at(deployment, "spec", "selector", "matchLabels");
	}

	private static Set<String> names(List<JsonObject> objects) {
		Set<String> names = new HashSet<>();
		objects.forEach((object) -> names.add(Chart.kind(object) + "/" + Chart.name(object)));
		return names;
	}

	private static void assertAccepted(List<JsonObject> objects) {
		assertThat(objects).isNotEmpty()
			.allSatisfy((object) -> assertThat(KubernetesSchema.validate(object)).as("%s", object).isNull());
	}

	private static void assertRefused(String release, String values, String message) {
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> Chart.render(release, values))
			.withMessageContaining(message);
	}

}
