package org.megaetl.helm;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What {@code values.schema.json} refuses, and that it knows all values.
 */
class ValuesSchemaTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			replica: 3                                     | 'replica' not allowed
			replicas: three                                | at '/replicas'
			replicas: -1                                   | at '/replicas'
			image: { repo: mega }                          | 'repo' not allowed
			image: { pullPolicy: Sometimes }               | at '/image/pullPolicy'
			image: { digest: abc }                         | at '/image/digest'
			database: { URL: 'mysql://a@b/c' }             | 'URL' not allowed
			database: { url: 'postgres://a@b/c' }          | at '/database/url'
			secretFiles: { 'a/b': c }                      | at '/secretFiles'
			transformers: { script: {} }                   | 'script' not allowed
			transformers: { binaries: { a.wasm: 'ä' } }    | at '/transformers/binaries/a.wasm'
			mega: [connectors]                             | at '/mega'
			service: { type: Cluster }                     | at '/service/type'
			management: { port: 3344 }                     | at '/management/port'
			management: { endpoints: [prometheus] }        | 'endpoints' not allowed
			ingress: { hosts: [events.example.org] }       | at '/ingress/hosts/0'
			httpRoute: { parentRefs: [{ names: a }] }      | 'names' not allowed
			keda: { kafka: [{ topic: orders }] }           | at '/keda/kafka/0'
			probes: { ready: {} }                          | 'ready' not allowed
			shutdown: { timeout: 30s }                     | at '/shutdown/timeout'
			labels: { tier: 1 }                            | at '/labels/tier'
			extraEnv: { A: b }                             | at '/extraEnv'
			""")
	void refuses(String values, String message) {
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> Chart.render(values))
			.withMessageContaining(message);
	}

	@Test
	void knowsExactlyTheValuesOfTheChart() throws Exception {
		JsonObject schema = JsonParser.parseString(Files.readString(Chart.DIRECTORY.resolve("values.schema.json")))
			.getAsJsonObject();
		JsonObject values = Chart.objects(Files.readString(Chart.DIRECTORY.resolve("values.yaml"))).get(0);
		List<String> differences = new ArrayList<>();
		for (String name : schema.getAsJsonObject("properties").keySet()) {
			if (!values.has(name) && !name.equals("global")) {
				differences.add(name + " is not in values.yaml");
			}
		}
		assertThat(differences).isEmpty();
	}

	@Test
	void refusesUnknownKeysWhereverTheKeysAreKnown() throws Exception {
		JsonObject schema = JsonParser.parseString(Files.readString(Chart.DIRECTORY.resolve("values.schema.json")))
			.getAsJsonObject();
		List<String> open = new ArrayList<>();
		findOpen("", schema, open);
		assertThat(open).isEmpty();
	}

	private static void findOpen(String path, JsonElement element, List<String> open) {
		if (!element.isJsonObject()) {
			return;
		}
		JsonObject object = element.getAsJsonObject();
		if (object.has("properties") && !path.endsWith("/properties")) {
			JsonElement additional = object.get("additionalProperties");
			if (additional == null || !additional.isJsonPrimitive() || additional.getAsBoolean()) {
				open.add(path);
			}
		}
		for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
			findOpen(path + "/" + entry.getKey(), entry.getValue(), open);
		}
	}

}
