package org.megaetl.app;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestRedis;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.web.ExposableWebEndpoint;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.megaetl.app.OperatedApplication.OPERATOR;

/**
 * The actuator of a running application with a user.
 */
class OperationsTests {

	private static TestDatabase database;

	private static TestRedis redis;

	private static OperatedApplication application;

	@BeforeAll
	static void start() {
		database = TestDatabase.create();
		database.execute(OperatedApplication.TABLE);
		redis = TestRedis.create();
		application = OperatedApplication.start(database,
				OperatedApplication.all(OperatedApplication.webhook(), OperatedApplication.user(), redis.toProperties(),
						new String[] { "mega.connectors.redis.enabled=true",
								"mega.connectors.redis.inbound.orders.stream=orders",
								"mega.connectors.redis.inbound.orders.transformer=order" }));
		assertThat(application.order(1, "5").statusCode()).isEqualTo(200);
	}

	@AfterAll
	static void stop() {
		application.close();
		redis.close();
		database.close();
	}

	@ParameterizedTest
	@CsvSource({ "/health, 200", "/health/liveness, 200", "/health/readiness, 200", "/health/mega/webhook.orders, 200",
			"/info, 200", "/prometheus, 200", "'', 401", "/mega, 401", "/mega/webhook.orders, 401",
			"/megapositions, 401", "/megadeadletters, 401", "/megadeadletters/1, 401", "/megadeadletters/export, 401",
			"/megatransformers, 401" })
	void anonymousCallersReadWhatMonitoringNeeds(String path, int status) {
		assertThat(application.get(path).statusCode()).isEqualTo(status);
	}

	@ParameterizedTest
	@CsvSource({ "POST, /mega/webhook.orders", "POST, /megapositions/redis.orders",
			"DELETE, /megapositions/redis.orders", "POST, /megadeadletters", "POST, /megadeadletters/1",
			"DELETE, /megadeadletters/1", "DELETE, /megadeadletters?pipeline=webhook.orders", "POST, /health",
			"POST, //mega/webhook.orders", "POST, /x/../mega/webhook.orders", "POST, /mega/webhook.orders/",
			"POST, /%6dega/webhook.orders", "POST, ;x=y/mega/webhook.orders", "PUT, /mega/webhook.orders",
			"PATCH, /mega/webhook.orders", "POST, /megatransformers/order", "POST, /./mega/webhook.orders",
			"POST, /mega%2fwebhook.orders", "POST, /mega/%2e%2e/mega/webhook.orders", "POST, /Mega/webhook.orders",
			"POST, /mega/..;/mega/webhook.orders", "POST, /mega/webhook.orders%00", "TRACE, /mega/webhook.orders",
			"OPTIONS, /mega/webhook.orders" })
	void anonymousCallersChangeNothing(String method, String path) {
		HttpResponse<String> response = application.write(method, path, "{\"state\":\"paused\"}");
		assertThat(response.statusCode()).as(response.body()).isBetween(400, 405);
		if (!path.matches(".*(//|;|/\\.|/$|%2|%0|Mega).*") && !method.equals("TRACE")) {
			assertThat(response.statusCode()).isEqualTo(401);
			assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Basic realm=\"MEGA\"");
			assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
			assertThat(JsonMapper.shared().readTree(response.body()).get("detail").asString())
				.isEqualTo("This needs authentication.");
		}
		assertThat(application.read("/mega/webhook.orders").get("state").asString()).isEqualTo("RUNNING");
	}

	/**
	 * A browser that knows the password sends it along with what another site makes it
	 * send, but not these types of content without having asked.
	 */
	@ParameterizedTest
	@CsvSource({ "/mega/webhook.orders", "/megapositions/redis.orders", "/megadeadletters", "/megadeadletters/1",
			"/megatransformers/order" })
	void noFormOfAnotherSiteChangesAnything(String path) {
		for (String type : new String[] { "text/plain", "application/x-www-form-urlencoded",
				"multipart/form-data; boundary=x" }) {
			assertThat(application
				.write("POST", path, "{\"state\":\"paused\"}", "Authorization", OPERATOR[1], "Content-Type", type)
				.statusCode()).as(type).isEqualTo(415);
		}
		assertThat(application.write("POST", path, null, OPERATOR).statusCode()).isIn(400, 415);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/mega", "/mega/webhook.orders", "/megadeadletters" })
	void anonymousCallersDoNotSeeTheHeadersEither(String path) {
		assertThat(application.write("HEAD", path, null).statusCode()).isEqualTo(401);
		assertThat(application.write("HEAD", path, null, OPERATOR).statusCode()).isEqualTo(200);
	}

	@Test
	void aWrongPasswordIsRefused() {
		HttpResponse<String> response = application.get("/mega", "Authorization", "Basic b3BlcmF0b3I6d3Jvbmc=");
		assertThat(response.statusCode()).isEqualTo(401);
		assertThat(response.body()).contains("The credentials are not valid.");
	}

	@Test
	void theOperatorPausesAndResumes() {
		assertThat(application.write("POST", "/mega/webhook.orders", "{\"state\":\"paused\"}", OPERATOR).body())
			.contains("\"state\":\"PAUSED\"");
		assertThat(application.order(2, "5").statusCode()).isEqualTo(503);
		assertThat(application.write("POST", "/mega/webhook.orders", "{\"state\":\"running\"}", OPERATOR).body())
			.contains("\"state\":\"RUNNING\"");
		assertThat(application.order(2, "5").statusCode()).isEqualTo(200);
	}

	@Test
	void theOperatorReplaysAndDiscards() {
		assertThat(application.order(3, "null").statusCode()).isEqualTo(202);
		JsonNode letter = application.read("/megadeadletters").get("deadLetters").get(0);
		String path = "/megadeadletters/" + letter.get("id").asString();
		assertThat(application.write("POST", path, "{\"dryRun\":\"true\"}", OPERATOR).statusCode()).isEqualTo(200);
		assertThat(application.write("POST", path, "{}", OPERATOR).body()).contains("\"failed\":1");
		assertThat(application.write("DELETE", path, null, OPERATOR).body()).isEqualTo("{\"discarded\":1}");
		assertThat(application.get(path, OPERATOR).statusCode()).isEqualTo(404);
	}

	@Test
	void theOperatorIsToldWhyAReplayWasGivenUp() {
		assertThat(application.order(6, "null").statusCode()).isEqualTo(202);
		String letter = application.read("/megadeadletters").get("deadLetters").get(0).get("id").asString();
		database.execute("RENAME TABLE mega_dead_letter_payload TO elsewhere");
		try {
			for (String path : new String[] { "/megadeadletters/" + letter, "/megadeadletters" }) {
				HttpResponse<String> response = application.write("POST", path, "{}", OPERATOR);
				assertThat(response.statusCode()).as(path).isEqualTo(200);
				JsonNode report = JsonMapper.shared().readTree(response.body());
				assertThat(report.get("complete").asBoolean()).as(path).isFalse();
				assertThat(report.get("interruption").asString()).as(path).contains("mega_dead_letter_payload");
			}
		}
		finally {
			database.execute("RENAME TABLE elsewhere TO mega_dead_letter_payload");
		}
		application.write("DELETE", "/megadeadletters/" + letter, null, OPERATOR);
	}

	@Test
	void healthHasDetailsForWhoHasAuthenticated() {
		assertThat(application.get("/health/mega/webhook.orders").body()).isEqualTo("{\"status\":\"UP\"}");
		JsonNode details = application.read("/health/mega/webhook.orders").get("details");
		assertThat(details.propertyNames()).contains("state", "since", "lastEvent");
		assertThat(application.read("/health/mega/redis.orders").get("details").propertyNames()).contains("lag");
		assertThat(application.get("/health/liveness").body())
			.isEqualTo("{\"components\":{\"livenessState\":{\"status\":\"UP\"}},\"status\":\"UP\"}");
		assertThat(application.get("/health/readiness").body())
			.isEqualTo("{\"components\":{\"readinessState\":{\"status\":\"UP\"}},\"status\":\"UP\"}");
	}

	@Test
	void infoNamesThePipelines() {
		JsonNode mega = JsonMapper.shared().readTree(application.get("/info").body()).get("mega");
		assertThat(mega.get("pipelines").get("webhook.orders").asString()).isEqualTo("order");
		assertThat(mega.get("pipelines").propertyNames()).containsExactlyInAnyOrder("webhook.orders", "redis.orders");
	}

	@Test
	void linksLeadToTheEndpoints() {
		assertThat(application.read("").get("_links").propertyNames()).contains("health", "info", "prometheus", "mega",
				"mega-pipeline", "megapositions", "megapositions-pipeline", "megadeadletters", "megadeadletters-id",
				"megatransformers", "megatransformers-transformer");
	}

	/**
	 * Spring Security costs a webhook nothing, and cannot refuse anything there.
	 */
	@Test
	void webhooksDoNotPassTheSecurityFilter() {
		assertThat(application.context()
			.getBean("securityFilterChainRegistration", DelegatingFilterProxyRegistrationBean.class)
			.getUrlPatterns()).containsExactly("/actuator/*");
		HttpResponse<String> answer = application.order(4, "5", "Origin", "https://elsewhere.example", "Cookie", "a=b");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().map().keySet()).doesNotContain("set-cookie", "x-frame-options", "cache-control");
	}

	@Test
	void openApiDescribesTheOperationsThereAre() throws Exception {
		Map<String, Set<String>> described = OpenApi.operations(Path.of("..", "docs", "actuator-openapi.yaml"));
		Map<String, Set<String>> real = new TreeMap<>();
		for (ExposableWebEndpoint endpoint : application.context().getBean(WebEndpointsSupplier.class).getEndpoints()) {
			if (endpoint.getEndpointId().toString().startsWith("mega")) {
				for (WebOperation operation : endpoint.getOperations()) {
					real.put(operation.getRequestPredicate().getHttpMethod() + " /"
							+ operation.getRequestPredicate().getPath(), OpenApi.parameters(operation));
				}
			}
		}
		assertThat(described).isEqualTo(real);
	}

	@ParameterizedTest
	@CsvSource({ "/mega, mega", "/mega/webhook.orders, mega/{pipeline}", "/megapositions, megapositions",
			"/megapositions/redis.orders, megapositions/{pipeline}", "/megadeadletters, megadeadletters",
			"/megatransformers, megatransformers" })
	void openApiDescribesTheAnswers(String path, String operation) throws Exception {
		assertThat(application.read(path).propertyNames())
			.isSubsetOf(OpenApi.answer(Path.of("..", "docs", "actuator-openapi.yaml"), "/" + operation));
	}

	@Test
	void metricsHaveTheDocumentedNames() throws Exception {
		application.order(5, "null");
		Scrape scrape = Scrape.of(application);
		assertThat(scrape.names("")).containsAll(MonitoringFilesTests.OTHERS);
		Set<String> names = scrape.names("mega_");
		assertThat(names).containsExactlyInAnyOrderElementsOf(MonitoringFilesTests.METRICS);
		String page = Files.readString(Path.of("..", "docs", "operations.md"));
		assertThat(names)
			.allSatisfy((name) -> assertThat(page).contains("`" + name.replaceAll("_(count|sum|max)$", "")));
	}

	@Test
	void metricsOfSendersAreBounded() {
		for (int i = 0; i < 3; i++) {
			application.order(100 + i, "5", "webhook-id", "first-" + i);
			OperatedApplication.send("GET", "http://localhost:" + application.port() + "/warm-" + i, null);
		}
		long before = Scrape.of(application).series();
		for (int i = 0; i < 50; i++) {
			application.order(1000 + i, "5", "webhook-id", "id-" + i, "traceparent",
					"00-4bf92f3577b34da6a3ce929d0e0e%04x-00f067aa0ba902b7-01".formatted(i), "User-Agent", "agent-" + i);
			OperatedApplication.send("GET", "http://localhost:" + application.port() + "/no-such-path-" + i, null);
			application.get("/no-such-endpoint-" + i);
			application.get("/mega/no-such-pipeline-" + i, OPERATOR);
		}
		long after = Scrape.of(application).series();
		assertThat(after - before).as("series").isLessThan(40);
	}

	@Test
	void eachPipelineHasAsManySeriesAsAnother() {
		Map<String, Long> series = Scrape.of(application)
			.lines("mega_")
			.filter((line) -> line.contains("pipeline=\"") && !line.startsWith("mega_lag"))
			.collect(Collectors.groupingBy((line) -> line.replaceAll(".*pipeline=\"([^\"]*)\".*", "$1"),
					LinkedHashMap::new, Collectors.counting()));
		assertThat(series).hasSize(2);
		assertThat(new TreeSet<>(series.values())).hasSize(1).allMatch((count) -> count < 40);
	}

	@Test
	void stateIsAMetric() {
		await().atMost(Duration.ofSeconds(30))
			.untilAsserted(() -> assertThat(Scrape.of(application).lines("mega_pipeline_state")).contains(
					"mega_pipeline_state{pipeline=\"webhook.orders\",state=\"running\"} 1.0",
					"mega_pipeline_state{pipeline=\"webhook.orders\",state=\"failed\"} 0.0"));
	}

	@Test
	void aRealPrometheusScrapes() throws Exception {
		try (PrometheusServer prometheus = PrometheusServer.start(application.actuator() + "/prometheus")) {
			await().atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(
						prometheus.query("mega_events_total{outcome=\"written\",pipeline=\"webhook.orders\"}"))
					.as(prometheus.targets())
					.contains("\"webhook.orders\""));
		}
	}

}
