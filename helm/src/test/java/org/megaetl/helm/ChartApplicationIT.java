package org.megaetl.helm;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.FreePort;
import org.megaetl.devservices.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The packaged application, run with the configuration, variables and files that the
 * chart gives to its pods.
 */
@DisabledOnOs(OS.WINDOWS)
class ChartApplicationIT {

	private static final String VALUES = """
			database: { url: "%s" }
			management: { port: %d }
			mega:
			  transform: { timeout: 5m }
			  connectors:
			    webhook:
			      enabled: true
			      inbound:
			        mapped: { path: /mapped, transformer: mapped, auth: bearer, secret-file: /run/secrets/mega/orders }
			        scripted: { path: /scripted, transformer: scripted, auth: none }
			        wasm: { path: /wasm, transformer: wasm, auth: none }
			  transformers:
			    mapped: { type: mapping, table: orders, columns: { order_id: /order_id } }
			    scripted: { type: javascript, location: "file:/etc/mega/transformers/order.js", tables: [orders] }
			    wasm: { type: wasm, location: "file:/etc/mega/transformers/order.wasm", tables: [orders] }
			secretFiles: { orders: hush }
			operator: { existingSecret: operator }
			serviceMonitor: { enabled: true }
			transformers:
			  scripts:
			    order.js: |
			      export function transform(event) {
			        return { table: 'orders', row: { order_id: event.json.order_id } };
			      }
			  binaries: { order.wasm: %s }
			migrations:
			  V1__orders.sql: |
			    CREATE TABLE orders (order_id INT, product_id INT, quantity INT, amount DOUBLE, shipping DOUBLE,
			        tax DOUBLE, shipping_address VARCHAR(50));
			""";

	private static final String ORDER = """
			{"order_id":1,"product_id":12,"quantity":2,"amount":56.0,"shipping":15.0,"tax":2.0,"shipping_address":"Mataderos"}
			""";

	private static final String OPERATOR = """
			apiVersion: v1
			kind: Secret
			metadata: { name: operator }
			type: kubernetes.io/basic-auth
			stringData: { username: alice, password: "123" }
			""";

	@TempDir
	private Path directory;

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void runsAsTheChartSays() throws Exception {
		int port = FreePort.find();
		int managementPort = FreePort.find();
		String module = Base64.getEncoder()
			.encodeToString(Files.readAllBytes(Path.of("../examples/wasm/order-rust.wasm")));
		try (TestDatabase database = TestDatabase.create()) {
			List<JsonObject> objects = Chart.render(VALUES.formatted(url(database), managementPort, module));
			assertThat(objects).allSatisfy((object) -> assertThat(KubernetesSchema.validate(object)).isNull());
			objects.addAll(Chart.objects(OPERATOR));
			try (Pod pod = Pod.start(objects, this.directory, Map.of("SERVER_PORT", Integer.toString(port)))) {
				pod.await("startup", () -> get(managementPort, pod.probe("startupProbe")) == 200);
				pod.await("readiness", () -> get(managementPort, pod.probe("readinessProbe")) == 200);
				assertThat(get(managementPort, pod.probe("livenessProbe"))).isEqualTo(200);
				assertThat(get(port, pod.probe("livenessProbe"))).isEqualTo(404);
				assertThat(post(port, "/mapped", "hush")).isEqualTo(200);
				assertThat(post(port, "/mapped", "other")).isEqualTo(401);
				assertThat(post(port, "/scripted", "")).isEqualTo(200);
				assertThat(post(port, "/wasm", "")).isEqualTo(200);
				assertThat(scrape(objects)).contains("mega_events_total{", "mega_pipeline_state{");
				String pipeline = "/actuator/mega/webhook.mapped";
				assertThat(pause(managementPort, pipeline, "")).isEqualTo(401);
				assertThat(pause(managementPort, pipeline, "alice:1234")).isEqualTo(401);
				assertThat(pause(managementPort, pipeline, "alice:123")).isEqualTo(200);
				assertThat(post(port, "/mapped", "hush")).isEqualTo(503);
				pod.terminate();
				assertThat(pod.awaitExit()).isEqualTo(143);
				assertThat(pod.log()).doesNotContain("\tat ").doesNotContain("hush");
			}
		}
	}

	@Test
	void doesNotStartWithAMisspeltKeyInTheValueMega() throws Exception {
		List<JsonObject> objects = Chart.render(
				"database: { url: 'mysql://a:b@localhost/c' }\nmega: { sink: { jdbc: { batchsize: 1, batch-szie: 1 } } }");
		try (Pod pod = Pod.start(objects, this.directory, Map.of())) {
			assertThat(pod.awaitExit()).isEqualTo(1);
			assertThat(pod.log()).contains("mega.sink.jdbc.batch-szie", "application.yml")
				.doesNotContain("mega.sink.jdbc.batchsize");
		}
	}

	/**
	 * Scrapes as Prometheus would, whom the ServiceMonitor leads to a port of the pod, by
	 * way of the names of the Service's ports.
	 */
	private String scrape(List<JsonObject> objects) throws Exception {
		JsonObject endpoint = Chart.at(Chart.one(objects, "ServiceMonitor", "mega"), "spec", "endpoints")
			.getAsJsonArray()
			.get(0)
			.getAsJsonObject();
		JsonObject service = Chart.one(objects, "Service", "mega-management");
		JsonObject port = named(Chart.at(service, "spec", "ports"), endpoint.get("port").getAsString());
		JsonObject containerPort = named(Chart.container(objects).get("ports"), port.get("targetPort").getAsString());
		assertThat(endpoint.keySet()).doesNotContain("basicAuth", "authorization");
		URI uri = URI.create("http://127.0.0.1:" + containerPort.get("containerPort").getAsInt()
				+ endpoint.get("path").getAsString());
		HttpResponse<String> response = this.client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	private static JsonObject named(JsonElement elements, String name) {
		return elements.getAsJsonArray()
			.asList()
			.stream()
			.map(JsonElement::getAsJsonObject)
			.filter((element) -> element.get("name").getAsString().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private int pause(int port, String path, String credentials) throws InterruptedException {
		return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.header("Content-Type", "application/json")
			.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes()))
			.POST(BodyPublishers.ofString("{\"state\":\"paused\"}"))
			.build());
	}

	private int get(int port, String path) throws InterruptedException {
		return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build());
	}

	private int post(int port, String path, String token) throws InterruptedException {
		return send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
			.header("Content-Type", "application/json")
			.header("Authorization", "Bearer " + token)
			.POST(BodyPublishers.ofString(ORDER))
			.build());
	}

	private int send(HttpRequest request) throws InterruptedException {
		try {
			return this.client.send(request, BodyHandlers.discarding()).statusCode();
		}
		catch (IOException ex) {
			// not started so far
			return 0;
		}
	}

	private static String url(TestDatabase database) {
		return database.jdbcUrl()
			.replace("jdbc:mysql://", "mysql://" + database.username() + ":" + database.password() + "@");
	}

}
