package org.megaetl.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import javax.sql.DataSource;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.BatchObserver;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.InboundDescriber.Description;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.pipeline.Sink;
import org.megaetl.schema.MegaSchemaAutoConfiguration;
import org.megaetl.sink.LoadData;
import org.megaetl.sink.SinkDataSource;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerProvider;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link MegaAutoConfiguration}.
 */
class MegaAutoConfigurationTests {

	private static final PipelineName NAME = new PipelineName("test", "orders");

	private static final Transformer REFUSING = (event) -> {
		throw new IllegalArgumentException("no");
	};

	/** No connection is made before an event comes. */
	private final ApplicationContextRunner anonymous = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, MegaAutoConfiguration.class))
		.withPropertyValues("spring.datasource.url=jdbc:mysql://bob:hunter2@localhost:1/shop?password=hunter2",
				"spring.datasource.password=hunter2");

	private final ApplicationContextRunner runner = this.anonymous.withPropertyValues("spring.application.name=shop");

	@Test
	void registersTransformersByBeanName() {
		this.runner.withBean("order", Transformer.class, () -> REFUSING)
			.run((context) -> assertThat(context.getBean(TransformerRegistry.class).find("order")).isSameAs(REFUSING));
	}

	@Test
	void registersTransformersOfProviders() {
		this.runner.withBean("order", Transformer.class, () -> REFUSING)
			.withBean(TransformerProvider.class, () -> () -> Map.of("note", REFUSING))
			.run((context) -> assertThat(context.getBean(TransformerRegistry.class).all()).containsOnlyKeys("note",
					"order"));
	}

	@Test
	void refusesAProvidersTransformerWithTheNameOfABean() {
		this.runner.withBean("order", Transformer.class, () -> REFUSING)
			.withBean(TransformerProvider.class, () -> () -> Map.of("order", REFUSING))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessageStartingWith("There are two transformers with the name 'order'."));
	}

	@Test
	void backsOffWithBeansOfTheApplication() {
		TransformerRegistry registry = new TransformerRegistry(Map.of());
		SinkDataSource sinkDataSource = new SinkDataSource(new DriverManagerDataSource(), 1, Duration.ofSeconds(1),
				Duration.ofSeconds(1), LoadData.NEVER);
		this.runner.withBean("registry", TransformerRegistry.class, () -> registry)
			.withBean("connections", SinkDataSource.class, () -> sinkDataSource)
			.run((context) -> {
				assertThat(context).hasSingleBean(TransformerRegistry.class).hasSingleBean(SinkDataSource.class);
				assertThat(context.getBean(Sink.class).dataSource()).isSameAs(sinkDataSource.pool());
			});
	}

	@Test
	void reportsMistakesInTheConfigurationBeforeItWaitsForTheDatabase() {
		this.runner.withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class))
			.withPropertyValues("mega.schema.wait-for-database=5s")
			.withUserConfiguration(PipelineConfiguration.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessageContaining("'refusing', which does not exist"));
	}

	@Test
	void leavesTheDataSourceOfTheApplicationTheOnlyOne() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(DataSource.class));
	}

	@Test
	void closesItsConnections() {
		DataSource[] pool = new DataSource[1];
		this.runner.run((context) -> pool[0] = context.getBean(SinkDataSource.class).pool());
		assertThat(pool[0]).hasToString("HikariDataSource (mega-sink)").extracting("closed").isEqualTo(true);
	}

	@Test
	void isNoLongerLiveOnceATransformerDoesNotReturn() {
		AtomicBoolean released = new AtomicBoolean();
		Transformer stuck = (event) -> {
			while (!released.get()) {
				Thread.onSpinWait();
			}
			return List.of();
		};
		this.runner.withBean("refusing", Transformer.class, () -> stuck)
			.withUserConfiguration(PipelineConfiguration.class)
			.withBean(ApplicationAvailabilityBean.class)
			.withPropertyValues("mega.transform.timeout=50ms", "mega.transform.grace=50ms")
			.run((context) -> {
				PushPipeline pipeline = context.getBean(PushPipeline.class);
				CompletableFuture.runAsync(() -> {
					try {
						pipeline.submit(Event.from("test.orders", new byte[0]).build());
					}
					catch (InterruptedException ex) {
						Thread.currentThread().interrupt();
					}
				});
				ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
				await().until(() -> availability.getLivenessState() == LivenessState.BROKEN);
				assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
				released.set(true);
			});
	}

	@Test
	void failsWithNoDataSource() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MegaAutoConfiguration.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(NoSuchBeanDefinitionException.class,
						(ex) -> assertThat(ex.getBeanType()).isEqualTo(DataSource.class)));
	}

	/**
	 * Nothing says which of them would be the right one.
	 */
	@Test
	void takesNeitherOfTwoClocksOrRegistries() {
		withPipeline(this.runner).withBean("here", Clock.class, Clock::systemDefaultZone)
			.withBean("there", Clock.class, Clock::systemUTC)
			.withBean("some", MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("others", MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBeansOfType(MeterRegistry.class).values())
					.allSatisfy((registry) -> assertThat(registry.getMeters()).isEmpty());
			});
	}

	@Test
	void measuresTheConnectionsOfTheSink() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		this.runner.withBean(MeterRegistry.class, () -> meters)
			.run((context) -> assertThat(
					meters.get("hikaricp.connections.active").tag("pool", "mega-sink").gauge().value())
				.isZero());
	}

	@Test
	void measuresWithTheRegistryOfTheApplication() {
		SimpleMeterRegistry meters = new SimpleMeterRegistry();
		withPipeline(this.runner).withBean(MeterRegistry.class, () -> meters)
			.run((context) -> assertThat(meters.find("mega.events").tag("pipeline", "test.orders").counters())
				.isNotEmpty());
	}

	@ParameterizedTest
	@CsvSource({ ",shop,shop", "eshop,shop,eshop" })
	void theNamespaceIsTheApplicationsNameUnlessSet(String namespace, String application, String expected) {
		try (TestDatabase database = TestDatabase.create()) {
			ApplicationContextRunner runner = withPipeline(this.runner)
				.withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class))
				.withPropertyValues(database.toProperties())
				.withBean(Clock.class, () -> Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.ofHours(9)));
			if (namespace != null) {
				runner = runner.withPropertyValues("mega.namespace=" + namespace);
			}
			if (application != null) {
				runner = runner.withPropertyValues("spring.application.name=" + application);
			}
			runner.run((context) -> {
				Event event = Event.from(NAME.toString(), "{}".getBytes(StandardCharsets.UTF_8)).build();
				assertThat(context.getBean(PushPipeline.class).submit(event).get())
					.isInstanceOf(EventOutcome.DeadLettered.class);
				assertThat(JdbcClient.create(database.dataSource())
					.sql("SELECT namespace, CAST(first_failed_at AS CHAR) AS at FROM mega_dead_letter")
					.query()
					.singleRow()).containsEntry("namespace", expected).containsEntry("at", "2026-01-02 03:04:05.000");
			});
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void refusesAPipelineOfAnApplicationWithoutName(String name) {
		withPipeline(this.anonymous.withPropertyValues("spring.application.name=" + name))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationException.class, (ex) -> {
					assertThat(ex.getDescription()).contains("'mega.namespace'", "'spring.application.name'",
							"lose events");
					assertThat(ex.getAction()).contains("Set 'spring.application.name'", "'mega.namespace: mega'");
				}));
	}

	@Test
	void refusesTheDdlOfATransformerOfAnApplicationWithoutName() {
		try (TestDatabase database = TestDatabase.create()) {
			this.anonymous.withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class))
				.withPropertyValues(database.toProperties())
				.withBean("order", Transformer.class, WithDdl::new)
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.isInstanceOf(InvalidConfigurationException.class)
					.hasMessageContaining("'mega.namespace'"));
		}
	}

	@Test
	void needsNoNameWithoutPipeline() {
		try (TestDatabase database = TestDatabase.create()) {
			this.anonymous.withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class))
				.withPropertyValues(database.toProperties())
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(context.getBean(DeadLetterService.class).countByPipeline()).isEmpty();
					assertThat(context.getBean(PipelinePositions.class).forget("test.orders")).isTrue();
				});
		}
	}

	@Test
	void tellsAllObserversOfABatch() {
		List<String> told = new CopyOnWriteArrayList<>();
		try (TestDatabase database = TestDatabase.create()) {
			withPipeline(this.runner).withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class))
				.withPropertyValues(database.toProperties())
				.withBean("one", BatchObserver.class, () -> observer("one", told))
				.withBean("other", BatchObserver.class, () -> observer("other", told))
				.run((context) -> {
					Event event = Event.from(NAME.toString(), new byte[0]).build();
					context.getBean(PushPipeline.class).submit(event).get();
				});
		}
		assertThat(told).containsExactlyInAnyOrder("one", "other");
	}

	private static BatchObserver observer(String name, List<String> told) {
		return (pipeline, events) -> {
			told.add(name);
			return () -> {
			};
		};
	}

	@Test
	void refusesAnApplicationsNameThatIsTooLong() {
		withPipeline(this.anonymous).withPropertyValues("spring.application.name=" + "n".repeat(64))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationException.class, (ex) -> {
					assertThat(ex.getDescription()).contains("'spring.application.name'", "64 characters", "than 63");
					assertThat(ex.getAction()).contains("mega.namespace");
				}));
		withPipeline(this.anonymous)
			.withPropertyValues("spring.application.name=" + "n".repeat(64), "mega.namespace=shop")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "mega.namespace=", "mega.sink.jdbc.batch-size=0", "mega.sink.jdbc.batch-size=65536",
			"mega.sink.jdbc.writers=0", "mega.sink.jdbc.max-waiting=0", "mega.sink.jdbc.maximum-pool-size=0",
			"mega.sink.jdbc.connection-timeout=249ms", "mega.sink.jdbc.lock-wait-timeout=999ms",
			"mega.sink.jdbc.lock-wait-timeout=1500ms", "mega.transform.timeout=0", "mega.transform.grace=-1s",
			"mega.dead-letter.max-payload=-1B" })
	void refusesAValueOutOfRange(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(context).getFailure().hasMessageContaining("Could not bind properties"));
	}

	@Test
	void aLockWaitTimeoutWithoutUnitIsSeconds() {
		this.runner.withPropertyValues("mega.sink.jdbc.lock-wait-timeout=7")
			.run((context) -> assertThat(context.getBean(MegaProperties.class).sink().jdbc().lockWaitTimeout())
				.isEqualTo(Duration.ofSeconds(7)));
	}

	@Test
	void summarisesWhatRuns() {
		withPipeline(this.runner)
			.withBean(InboundDescriber.class,
					() -> (pipeline) -> pipeline.equals(NAME) ? new Description("POST /orders", "curl it") : null)
			.withPropertyValues("local.server.port=3344", "management.endpoints.web.base-path=/manage")
			.run((context) -> assertThat(context.getBean(StartupSummary.class).lines()).containsExactly(
					"Pipeline test.orders: POST /orders -> transformer 'refusing' -> database",
					"Database: jdbc:mysql://localhost:1/shop", "Actuator: http://localhost:3344/manage",
					"Try it: curl it"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "server.servlet.context-path=/in|http://localhost:1/in/actuator",
			"server.ssl.bundle=a|https://localhost:1/actuator",
			"server.ssl.bundle=a server.ssl.enabled=false|http://localhost:1/actuator",
			"server.servlet.context-path=/in local.management.port=1|http://localhost:1/in/actuator",
			"server.servlet.context-path=/in local.management.port=2|http://localhost:2/actuator",
			"local.management.port=2 management.server.base-path=/manage|http://localhost:2/manage/actuator",
			"local.management.port=2 server.ssl.bundle=a|https://localhost:2/actuator",
			"local.management.port=2 server.ssl.bundle=a management.server.ssl.enabled=false|http://localhost:2/actuator",
			"local.management.port=2 management.server.ssl.key-store=a|https://localhost:2/actuator" })
	void saysWhereTheActuatorIs(String properties, String address) {
		this.runner.withPropertyValues("local.server.port=1")
			.withPropertyValues(properties.split(" "))
			.run((context) -> assertThat(context.getBean(StartupSummary.class).lines())
				.contains("Actuator: " + address));
	}

	@Test
	void saysWhatToDoWithoutPipeline() {
		this.runner.run((context) -> assertThat(context.getBean(StartupSummary.class).lines()).hasSize(2)
			.first()
			.asString()
			.startsWith("No pipeline is configured, so no event is taken. Enable a connector"));
	}

	@Test
	void summarisesWithoutKnowingTheAddress() {
		withPipeline(
				new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(MegaAutoConfiguration.class))
					.withPropertyValues("spring.application.name=shop")
					.withBean(DataSource.class, DriverManagerDataSource::new))
			.run((context) -> assertThat(context.getBean(StartupSummary.class).lines()).containsExactly(
					"Pipeline test.orders: ? -> transformer 'refusing' -> database",
					"Database: a data source of the application"));
	}

	private static ApplicationContextRunner withPipeline(ApplicationContextRunner runner) {
		return runner.withBean("refusing", Transformer.class, () -> REFUSING)
			.withUserConfiguration(PipelineConfiguration.class);
	}

	static class WithDdl implements Transformer {

		@Override
		public String initDdl() {
			return "CREATE TABLE orders (id INT)";
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			return List.of();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class PipelineConfiguration {

		@Bean
		PushPipeline orders(Pipelines pipelines) {
			return pipelines.push(new PipelineSettings(NAME, "refusing", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
