package org.megaetl.connector.webhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import jakarta.servlet.Servlet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.transform.Transformer;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.validation.BindValidationException;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.ApplicationContextAssertProvider;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class WebhookConnectorAutoConfigurationTests {

	private static final String PREFIX = "mega.connectors.webhook.";

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(
			WebhookConnectorAutoConfiguration.class, MegaAutoConfiguration.class, DataSourceAutoConfiguration.class,
			EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class);

	// Nothing connects: there is no server at this address, and no pipeline is started
	private static final String[] DATABASE = { "spring.datasource.url=jdbc:mysql://localhost:1/none",
			"mega.sink.jdbc.connection-timeout=250ms", "mega.namespace=test" };

	// What SpringApplication does
	private static final ApplicationContextInitializer<ConfigurableApplicationContext> CONVERSION = (
			context) -> context.getBeanFactory().setConversionService(ApplicationConversionService.getSharedInstance());

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withInitializer(CONVERSION)
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withBean("order", Transformer.class, () -> (event) -> List.of())
		.withPropertyValues(DATABASE)
		.withPropertyValues(PREFIX + "enabled=true", PREFIX + "inbound.orders.path=/",
				PREFIX + "inbound.orders.transformer=order");

	@Test
	void createsAPipelineForEachInbound() {
		this.runner
			.withPropertyValues(PREFIX + "inbound.more.path=/more", PREFIX + "inbound.more.transformer=order",
					"server.port=3344", "server.servlet.context-path=/in")
			.run((context) -> {
				assertThat(context.getBean(WebhookInbounds.class).all()).extracting(WebhookInbound::path)
					.containsExactlyInAnyOrder("/", "/more");
				InboundDescriber describer = context.getBean(InboundDescriber.class);
				assertThat(describer.describe(new PipelineName("webhook", "more")))
					.isEqualTo(new InboundDescriber.Description("POST http://localhost:3344/in/more",
							"curl http://localhost:3344/in/more -X POST -d @event.json"));
				assertThat(describer.describe(new PipelineName("kafka", "more"))).isNull();
			});
	}

	@Test
	void aToleranceWithoutUnitIsSeconds() {
		this.runner.withPropertyValues(PREFIX + "inbound.orders.timestamp-tolerance=300")
			.run((context) -> assertThat(
					context.getBean(WebhookConnectorProperties.class).inbound().get("orders").timestampTolerance())
				.isEqualTo(Duration.ofMinutes(5)));
	}

	@Test
	void showsHowToSendTheSample(@TempDir Path directory) throws IOException {
		Path sample = Files.writeString(directory.resolve("an order.json"), "{}");
		this.runner.withPropertyValues(PREFIX + "inbound.orders.sample=" + sample, "server.port=3344")
			.run((context) -> assertThat(
					context.getBean(InboundDescriber.class).describe(new PipelineName("webhook", "orders")))
				.isEqualTo(new InboundDescriber.Description("POST http://localhost:3344/",
						"curl http://localhost:3344/ -X POST -d @\"" + sample + "\"")));
	}

	@Test
	void backsOffByDefault() {
		new WebApplicationContextRunner().withInitializer(CONVERSION)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues(DATABASE)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebhookInbounds.class));
	}

	@Test
	void backsOffWhenNotEnabled() {
		this.runner.withPropertyValues(PREFIX + "enabled=false")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(WebhookInbounds.class)
				.doesNotHaveBean(WebhookConnectorProperties.class));
	}

	@Test
	void needsNoActuator() {
		this.runner.withClassLoader(new FilteredClassLoader(WebEndpointProperties.class))
			.withPropertyValues(PREFIX + "inbound.orders.path=/actuator")
			.run((context) -> assertThat(context).hasSingleBean(WebhookInbounds.class));
	}

	@Test
	void refusesToStartWithoutAServletWebApplication() {
		new ApplicationContextRunner().withInitializer(CONVERSION)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues(DATABASE)
			.withPropertyValues(PREFIX + "enabled=true")
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.enabled' is true",
					"not a servlet web application", "spring-boot-starter-webmvc"));
	}

	@Test
	void refusesToStartWithoutServletClasses() {
		new ApplicationContextRunner().withInitializer(CONVERSION)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withClassLoader(new FilteredClassLoader(Servlet.class))
			.withPropertyValues(DATABASE)
			.withPropertyValues(PREFIX + "enabled=true")
			.run((context) -> assertMistake(context, "not a servlet web application"));
	}

	@Test
	void refusesToStartInAServerThatItHasNotStarted() {
		new WebApplicationContextRunner(WebApplicationContextRunner
			.withMockServletContext(AnnotationConfigServletWebServerApplicationContext::new))
			.withInitializer(CONVERSION)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withBean("order", Transformer.class, () -> (event) -> List.of())
			.withPropertyValues(DATABASE)
			.withPropertyValues(PREFIX + "enabled=true", PREFIX + "inbound.orders.path=/",
					PREFIX + "inbound.orders.transformer=order")
			.run((context) -> assertMistake(context, "as a WAR does", "'mega.connectors.webhook.enabled' is true"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void warnsWhereThereIsNoServer(CapturedOutput output) {
		this.runner.run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).contains("This application has no web server");
		});
	}

	@Test
	void refusesToStartWithoutInbound() {
		new WebApplicationContextRunner().withInitializer(CONVERSION)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues(DATABASE)
			.withPropertyValues(PREFIX + "enabled=true")
			.run((context) -> assertMistake(context, "no inbound is configured",
					"'mega.connectors.webhook.inbound.orders.path=/'"));
	}

	@Test
	void refusesTwoInboundsWithOnePath() {
		this.runner.withPropertyValues(PREFIX + "inbound.more.path=/", PREFIX + "inbound.more.transformer=order")
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.path'",
					"'mega.connectors.webhook.inbound.more.path'", "are the same path '/'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "/a/*", "/{a}", "/a?b=c", "/a/", "//", "/a//b", "/a/../b", "/./a", "/a b",
			"/a#b", "/a;b", "/%61", "/ä", "/a\\b", "/.." })
	void refusesAPathThatIsNotExact(String path) {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("path", Map.of(PREFIX + "inbound.orders.path", path))))
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.path' is '" + path
					+ "', which is not an exact path: it "));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/a", "/a.b/..c/~d/e-f_g:h@i", "/actuators", "/hooks/3fa85f64" })
	void acceptsExactPaths(String path) {
		this.runner.withPropertyValues(PREFIX + "inbound.orders.path=" + path)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void refusesAPathOfTheActuator() {
		this.runner.withPropertyValues(PREFIX + "inbound.orders.path=/actuator/health")
			.run((context) -> assertMistake(context, "'/actuator/health'", "endpoints are under '/actuator'",
					"'management.endpoints.web.base-path'"));
		this.runner
			.withPropertyValues(PREFIX + "inbound.orders.path=/manage", "management.endpoints.web.base-path=/manage")
			.run((context) -> assertMistake(context, "endpoints are under '/manage'"));
	}

	@Test
	void acceptsAnyPathIfTheActuatorHasAPortOfItsOwn() {
		this.runner.withPropertyValues(PREFIX + "inbound.orders.path=/actuator", "management.server.port=0")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void acceptsAnyPathIfTheActuatorIsUnderTheRoot() {
		this.runner.withPropertyValues("management.endpoints.web.base-path=/")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void refusesANameThatCannotBeAPipelines() {
		this.runner.withPropertyValues(PREFIX + "inbound.1st.path=/1", PREFIX + "inbound.1st.transformer=order")
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.1st' is not valid", "'1st'",
					"lower-case letters"));
	}

	@Test
	void refusesAnUnknownTransformer() {
		this.runner.withPropertyValues(PREFIX + "inbound.orders.transformer=ordr")
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.transformer'",
					"Did you mean 'order'?"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "0B", "-1B", "2GB" })
	void refusesABodySizeOutOfRange(String size) {
		this.runner.withPropertyValues(PREFIX + "max-body-size=" + size)
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.max-body-size'",
					"between 1 byte and 1 GB"));
	}

	@Test
	void refusesAnInboundOpenToEverybodyInProduction() {
		for (String profile : new String[] { "prod", "production" }) {
			WebApplicationContextRunner production = this.runner
				.withInitializer((context) -> context.getEnvironment().setActiveProfiles("a", profile));
			production.run((context) -> assertMistake(context,
					"'mega.connectors.webhook.inbound.orders.auth' is not set", "everybody", "'none'"));
			production.withPropertyValues("server.address=0.0.0.0")
				.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.auth' is not set"));
			production.withPropertyValues("server.address=")
				.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.auth' is not set"));
			production.withPropertyValues("server.address=127.0.0.1")
				.run((context) -> assertThat(context).hasNotFailed());
			production.withPropertyValues(PREFIX + "inbound.orders.auth=none")
				.run((context) -> assertThat(context).hasNotFailed());
			production.withPropertyValues(PREFIX + "inbound.orders.auth=github", PREFIX + "inbound.orders.secrets=hush")
				.run((context) -> assertThat(context).hasNotFailed());
		}
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void warnsOfAnInboundOpenToEverybody(CapturedOutput output) {
		this.runner.run((context) -> assertThat(output)
			.contains("Everybody who reaches this server can send events to 'webhook.orders': set "
					+ "'mega.connectors.webhook.inbound.orders.auth'"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void warnsNobodyWhoWantsItOpen(CapturedOutput output) {
		this.runner.withPropertyValues(PREFIX + "inbound.orders.auth=none")
			.run((context) -> assertThat(output).doesNotContain("Everybody"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "auth=github|but there is no secret",
			"auth=github secrets=hush secret-file=x|are secrets in the configuration and in a file",
			"secrets=hush|does not say what they are for", "auth=none secrets=hush|does not say what they are for",
			"auth=hmac secrets=hush|only make sense together",
			"auth=github secrets=hush hmac.header=X|only make sense together",
			"auth=hmac secrets=hush hmac.header=X hmac.signed=x|does not contain {body}",
			"auth=hmac secrets=hush hmac.header=X hmac.timestamp-header=Y|is not part of what is signed",
			"auth=basic secrets=hush|not of the form 'user:password'",
			"auth=standard-webhooks secrets=hush!|a secret is not in Base64",
			"auth=github secret-file=none.txt|the file 'none.txt' cannot be read",
			"buffer=kafka|inbound.orders.transformer' and 'mega.connectors.webhook.inbound.orders.buffer' are both set",
			"format=cloudevents event-id=/id|inbound.orders.event-id' is set, but",
			"event-id=/a, |Neither a header nor a JSON pointer is empty" })
	void refusesWhatDoesNotFitTogether(String properties, String mistake) {
		WebApplicationContextRunner runner = this.runner;
		for (String property : properties.split(" ")) {
			runner = runner.withPropertyValues(PREFIX + "inbound.orders." + property);
		}
		runner.run((context) -> {
			assertMistake(context, mistake);
			assertThat(context.getStartupFailure())
				.satisfies((failure) -> assertThat(failure.getMessage()).doesNotContain("hush"));
		});
	}

	@Test
	void refusesABufferThatNobodyHas() {
		WebApplicationContextRunner runner = new WebApplicationContextRunner().withInitializer(CONVERSION)
			.withConfiguration(AUTO_CONFIGURATIONS)
			.withPropertyValues(DATABASE)
			.withPropertyValues(PREFIX + "enabled=true", PREFIX + "inbound.orders.path=/");
		runner.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.transformer' is not"));
		runner.withPropertyValues(PREFIX + "inbound.orders.buffer=kafka")
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.inbound.orders.buffer' is 'kafka'",
					"'mega.connectors.kafka.enabled'", "'mega-connector-kafka'"));
		for (String property : List.of("id=x", "id-retention=1d", "on-reject=dead-letter", "compare-bodies=true")) {
			runner.withPropertyValues(PREFIX + "inbound.orders.buffer=kafka", PREFIX + "inbound.orders." + property)
				.run((context) -> assertMistake(context, "orders." + property.substring(0, property.indexOf('=')) + "'",
						"decides nothing here"));
		}
	}

	@Test
	void refusesLessMemoryThanOneBodyMayTake() {
		this.runner.withPropertyValues(PREFIX + "max-body-size=10MB", PREFIX + "max-bytes-in-flight=9MB")
			.run((context) -> assertMistake(context, "'mega.connectors.webhook.max-bytes-in-flight' is 9437184 bytes"));
	}

	@Test
	void countsTheBuffersOfHttp2OnlyWhereItIsEnabled() {
		WebApplicationContextRunner runner = this.runner.withPropertyValues(PREFIX + "max-body-size=10MB",
				PREFIX + "max-bytes-in-flight=10MB");
		runner.withPropertyValues("server.http2.enabled=true")
			.run((context) -> assertMistake(context, "a request of HTTP/2"));
		runner.withPropertyValues("server.http2.enabled=false").run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "secrets[0],true", "secrets,false" })
	@ExtendWith(OutputCaptureExtension.class)
	void warnsOfWhiteSpaceThatIsPartOfASecret(String property, boolean warned, CapturedOutput output) {
		Map<String, Object> properties = Map.of(PREFIX + "inbound.orders.auth", "github",
				PREFIX + "inbound.orders." + property, "hush\n");
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("secret", properties)))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(output.getAll()
					.contains("A secret in 'mega.connectors.webhook.inbound.orders.secrets' begins or ends with"))
					.isEqualTo(warned);
				assertThat(output).doesNotContain("hush");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "response-timeout=0s", "request-timeout=0s", "max-requests=0",
			"inbound.orders.rate-limit=0", "inbound.orders.max-events=0", "inbound.orders.hmac.header=",
			"inbound.orders.path=", "inbound.orders.transformer=", "inbound.orders.id=" })
	void refusesWhatValidationRefuses(String property) {
		this.runner.withPropertyValues(PREFIX + property)
			.run((context) -> assertThat(context).getFailure().rootCause().isInstanceOf(BindValidationException.class));
	}

	private static void assertMistake(ApplicationContextAssertProvider<?> context, String... words) {
		Throwable mistake = context.getStartupFailure();
		while (mistake != null && !(mistake instanceof InvalidConfigurationException)) {
			mistake = mistake.getCause();
		}
		assertThat(mistake).as("mistake found at start").isNotNull();
		assertThat(mistake.getMessage()).contains(words);
	}

}
