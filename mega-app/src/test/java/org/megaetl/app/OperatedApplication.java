package org.megaetl.app;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

import org.megaetl.devservices.TestDatabase;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The application in this JVM, as an operator sees it: over HTTP.
 */
final class OperatedApplication implements AutoCloseable {

	static final String[] OPERATOR = { "Authorization",
			"Basic " + Base64.getEncoder().encodeToString("operator:open sesame".getBytes(StandardCharsets.UTF_8)) };

	static final String TABLE = "CREATE TABLE orders (order_id INT PRIMARY KEY, amount INT NOT NULL)";

	private static final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

	private final ConfigurableApplicationContext context;

	private OperatedApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Starts the application with a transformer called {@code order}.
	 */
	static OperatedApplication start(TestDatabase database, String... properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "mega.transformers.order.type=mapping",
				"mega.transformers.order.table=orders", "mega.transformers.order.mode=upsert",
				"mega.transformers.order.key=order_id", "mega.transformers.order.columns.order_id=/order_id",
				"mega.transformers.order.columns.amount=/amount"));
		if (Stream.of(properties).noneMatch((property) -> property.startsWith("DATABASE_URL="))) {
			all.addAll(List.of(database.toProperties()));
		}
		all.addAll(List.of(properties));
		SpringApplication application = new SpringApplication(MegaApplication.class);
		application.setRegisterShutdownHook(false);
		return new OperatedApplication(
				application.run(all.stream().map((property) -> "--" + property).toArray(String[]::new)));
	}

	static String[] webhook() {
		return new String[] { "mega.connectors.webhook.enabled=true", "mega.connectors.webhook.inbound.orders.path=/",
				"mega.connectors.webhook.inbound.orders.transformer=order",
				"mega.connectors.webhook.inbound.orders.on-reject=dead-letter" };
	}

	static String[] user() {
		return new String[] { "spring.security.user.name=operator", "spring.security.user.password=open sesame" };
	}

	static String[] all(String[]... properties) {
		return Arrays.stream(properties).flatMap(Arrays::stream).toArray(String[]::new);
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	int port() {
		return Integer.parseInt(this.context.getEnvironment().getRequiredProperty("local.server.port"));
	}

	private int managementPort() {
		return this.context.getEnvironment().getProperty("local.management.port", Integer.class, port());
	}

	String actuator() {
		return "http://localhost:" + managementPort() + "/actuator";
	}

	/**
	 * Posts an event to the webhook.
	 */
	HttpResponse<String> order(int id, String amount, String... headers) {
		return send("POST", "http://localhost:" + port() + "/", "{\"order_id\":%d,\"amount\":%s}".formatted(id, amount),
				headers);
	}

	HttpResponse<String> get(String path, String... headers) {
		return send("GET", actuator() + path, null, headers);
	}

	JsonNode read(String path) {
		HttpResponse<String> response = get(path, OPERATOR);
		if (response.statusCode() >= 400 && !path.startsWith("/health")) {
			throw new IllegalStateException(path + ": " + response.statusCode() + " " + response.body());
		}
		return JsonMapper.shared().readTree(response.body());
	}

	HttpResponse<String> write(String method, String path, String body, String... headers) {
		return send(method, actuator() + path, body, headers);
	}

	static HttpResponse<String> send(String method, String url, String body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url))
			.timeout(Duration.ofSeconds(60))
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody());
		if (body != null) {
			request.setHeader("Content-Type", "application/json");
		}
		for (int i = 0; i < headers.length; i += 2) {
			request.setHeader(headers[i], headers[i + 1]);
		}
		try {
			return client.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new IllegalStateException(url, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

}
