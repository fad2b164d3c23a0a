package org.megaetl.app;

import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.BatchObserver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.Environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Structured logs, and the traces that reach a collector.
 */
@ExtendWith(OutputCaptureExtension.class)
class LogAndTraceTests {

	private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

	private static final String SENDER = "00-" + TRACE + "-00f067aa0ba902b7-01";

	private static TestDatabase database;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
		database.execute(OperatedApplication.TABLE);
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
		LoggingSystem.get(LogAndTraceTests.class.getClassLoader()).cleanUp();
	}

	@Test
	void eachLineOfAPipelineSaysWhichInJson(CapturedOutput output) throws Exception {
		try (TestKafka kafka = TestKafka.shared();
				OperatedApplication application = start(kafka, "logged", "logging.structured.format.console=logstash",
						"logging.level.org.megaetl=debug")) {
			application.order(1, "5");
			OperatedApplication.send("POST", "http://localhost:" + application.port() + "/", "{", "X", "y");
			OperatedApplication.send("GET", "http://localhost:" + application.port() + "/", null);
			application.write("POST", "/mega/kafka.orders", "{\"state\":\"paused\"}", OperatedApplication.OPERATOR);
			application.write("POST", "/mega/kafka.orders", "{\"state\":\"running\"}", OperatedApplication.OPERATOR);
			send(kafka, "logged", null);
			await().atMost(Duration.ofSeconds(60))
				.until(() -> Scrape.of(application)
					.lines("mega_events_total{outcome=\"written\",pipeline=\"kafka.orders\"")
					.anyMatch((line) -> line.endsWith(" 1.0")));
		}
		List<JsonNode> lines = output.getOut()
			.lines()
			.filter((line) -> line.startsWith("{"))
			.map((line) -> JsonMapper.shared().readTree(line))
			.toList();
		assertThat(lines).filteredOn((line) -> line.get("message").asString().contains("is paused"))
			.singleElement()
			.satisfies((line) -> assertThat(line.get("pipeline").asString()).isEqualTo("kafka.orders"));
		assertThat(lines).filteredOn((line) -> line.get("message").asString().startsWith("Refused "))
			.isNotEmpty()
			.allSatisfy((line) -> assertThat(line.get("pipeline").asString()).isEqualTo("webhook.orders"));
		assertThat(lines).filteredOn((line) -> line.get("message").asString().startsWith("Pipeline '"))
			.isNotEmpty()
			.allSatisfy((line) -> assertThat(line.get("message").asString())
				.contains("'" + line.path("pipeline").asString() + "'"));
		// also what others log in a thread of the pipeline
		assertThat(lines).filteredOn((line) -> line.get("thread_name").asString().startsWith("kafka.orders-"))
			.filteredOn((line) -> line.get("message").asString().endsWith("Consumer stopped"))
			.isNotEmpty()
			.allSatisfy((line) -> assertThat(line.path("pipeline").asString()).isEqualTo("kafka.orders"));
	}

	@Test
	void aBatchIsASpanWithLinksToItsSenders() throws Exception {
		try (Collector collector = new Collector();
				TestKafka kafka = TestKafka.shared();
				OperatedApplication application = start(kafka, "traced",
						"management.opentelemetry.tracing.export.otlp.endpoint=" + collector.url(),
						"management.tracing.sampling.probability=1",
						"management.opentelemetry.tracing.export.schedule-delay=100ms")) {
			assertThat(application.order(2, "5", "traceparent", SENDER).statusCode()).isEqualTo(200);
			send(kafka, "traced", SENDER);
			for (String pipeline : List.of("webhook.orders", "kafka.orders")) {
				Span span = collector.await("batch " + pipeline);
				assertThat(span.getLinksList()).singleElement()
					.satisfies((link) -> assertThat(hex(link.getTraceId().toByteArray())).isEqualTo(TRACE));
				assertThat(span.getParentSpanId().isEmpty()).isTrue();
				assertThat(attributes(span)).containsEntry("pipeline", pipeline).containsEntry("mega.events", "1");
			}
			assertThat(hex(collector.await("http post").getTraceId().toByteArray())).as("the sender's")
				.isEqualTo(TRACE);
			assertThat(application.order(3, "5", "traceparent", "nonsense").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void nothingIsTracedWhereNothingIsExported() {
		try (OperatedApplication application = OperatedApplication.start(database, OperatedApplication.webhook())) {
			assertThat(application.context().getBeanProvider(BatchObserver.class).getIfAvailable()).isNull();
			assertThat(application.context().getBeanNamesForType(io.opentelemetry.sdk.trace.export.SpanExporter.class))
				.isEmpty();
			assertThat(application.context().getBeanNamesForType(io.micrometer.registry.otlp.OtlpMeterRegistry.class))
				.isEmpty();
			assertThat(application.order(4, "5", "traceparent", SENDER).statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					OTEL_EXPORTER_OTLP_ENDPOINT         | http://localhost:1/v1/metrics | null  | http://localhost:1/v1/traces | null
					OTEL_EXPORTER_OTLP_METRICS_ENDPOINT | http://localhost:1            | null  | null                         | false
					OTEL_EXPORTER_OTLP_TRACES_ENDPOINT  | null                          | false | http://localhost:1           | null
					OTEL_UNKNOWN                        | null                          | false | null                         | false
					""")
	void aVariableAloneSaysWhereToExport(String variable, String metrics, String metricsEnabled, String traces,
			String tracesEnabled) throws Exception {
		assertThat(Exports.with(variable, "http://localhost:1").lines()).contains(
				"management.otlp.metrics.export.url=" + metrics,
				"management.otlp.metrics.export.enabled=" + metricsEnabled,
				"management.opentelemetry.tracing.export.otlp.endpoint=" + traces,
				"management.tracing.export.enabled=" + tracesEnabled);
	}

	@Test
	void refusesAUserInAVariable() throws Exception {
		assertThat(Exports.with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://u:p@localhost:1"))
			.contains("'management.otlp.metrics.export.url' has a user, which would be written to the log")
			.doesNotContain("u:p");
	}

	private static OperatedApplication start(TestKafka kafka, String topic, String... properties) {
		kafka.createTopics(List.of(topic));
		return OperatedApplication.start(database,
				OperatedApplication.all(OperatedApplication.webhook(), OperatedApplication.user(), properties,
						new String[] { "mega.connectors.kafka.enabled=true", "mega.namespace=" + topic,
								"mega.connectors.kafka.inbound.orders.topics=" + topic,
								"mega.connectors.kafka.inbound.orders.transformer=order",
								"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers() }));
	}

	private static void send(TestKafka kafka, String topic, String traceparent) throws Exception {
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(
				Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(),
				new StringSerializer())) {
			ProducerRecord<String, String> event = new ProducerRecord<>(topic, "{\"order_id\":9,\"amount\":1}");
			if (traceparent != null) {
				event.headers().add("traceparent", traceparent.getBytes());
			}
			producer.send(event).get();
		}
	}

	private static Map<String, String> attributes(Span span) {
		return span.getAttributesList()
			.stream()
			.collect(Collectors.toMap((attribute) -> attribute.getKey(),
					(attribute) -> attribute.getValue().getStringValue()));
	}

	private static String hex(byte[] bytes) {
		return HexFormat.of().formatHex(bytes);
	}

	/**
	 * Prints what an environment makes of itself, in a JVM of its own.
	 */
	static final class Exports {

		private Exports() {
		}

		public static void main(String[] args) {
			SpringApplication application = new SpringApplication(Exports.class);
			application.setWebApplicationType(WebApplicationType.NONE);
			Environment environment = application.run(args).getEnvironment();
			for (String property : List.of("management.otlp.metrics.export.url",
					"management.otlp.metrics.export.enabled", "management.opentelemetry.tracing.export.otlp.endpoint",
					"management.tracing.export.enabled")) {
				System.out.println(property + "=" + environment.getProperty(property));
			}
		}

		static String with(String variable, String value) throws Exception {
			ProcessBuilder builder = new ProcessBuilder(
					Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1",
					"-cp", System.getProperty("java.class.path"), Exports.class.getName())
				.redirectErrorStream(true);
			builder.environment().keySet().removeIf((name) -> name.startsWith("OTEL_"));
			builder.environment().put(variable, value);
			Process process = builder.start();
			try (InputStream output = process.getInputStream()) {
				return new String(output.readAllBytes(), StandardCharsets.UTF_8);
			}
			finally {
				process.destroyForcibly();
			}
		}

	}

	/**
	 * A collector of OpenTelemetry.
	 */
	private static final class Collector implements AutoCloseable {

		private final HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);

		private final List<Span> spans = new CopyOnWriteArrayList<>();

		Collector() throws Exception {
			this.server.createContext("/v1/traces", (exchange) -> {
				boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
				try (InputStream body = zipped ? new GZIPInputStream(exchange.getRequestBody())
						: exchange.getRequestBody()) {
					ExportTraceServiceRequest.parseFrom(body)
						.getResourceSpansList()
						.stream()
						.flatMap((resource) -> resource.getScopeSpansList().stream())
						.flatMap((scope) -> scope.getSpansList().stream())
						.forEach(this.spans::add);
				}
				exchange.sendResponseHeaders(200, -1);
				exchange.close();
			});
			this.server.start();
		}

		String url() {
			return "http://localhost:" + this.server.getAddress().getPort() + "/v1/traces";
		}

		Span await(String name) {
			org.awaitility.Awaitility.await(name).atMost(Duration.ofSeconds(60)).until(() -> named(name).count() > 0);
			return named(name).findFirst().orElseThrow();
		}

		private Stream<Span> named(String name) {
			return this.spans.stream().filter((span) -> span.getName().startsWith(name));
		}

		@Override
		public void close() {
			this.server.stop(0);
		}

	}

}
