package org.megaetl.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.config.Namespace;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.inbox.Inbox;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.JdbcSink;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Pipelines} and {@link PipelineName}.
 */
class PipelinesTests {

	private static final Transformer TRANSFORMER = (event) -> List.of();

	private final Pipelines pipelines = pipelines(Map.of("order", TRANSFORMER, "payment", TRANSFORMER));

	@Test
	void suggestsTheClosestTransformer() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> this.pipelines.push(settings("orders", "oder", null)))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).isEqualTo("'mega.connectors.test.inbound.orders.transformer' names the "
						+ "transformer 'oder', which does not exist. The transformers are: order, payment.");
				assertThat(ex.getAction()).isEqualTo("Did you mean 'order'?");
			});
	}

	@Test
	void saysHowToDeclareATransformerWhereNoneIsNear() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> pipelines(Map.of()).push(settings("orders", "order", null)))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).contains("There is no transformer at all.");
				assertThat(ex.getAction())
					.startsWith("Declare a bean of type " + Transformer.class.getName() + " with the name 'order'");
			});
	}

	@Test
	void refusesTwoInboundsOfOneName() {
		this.pipelines.push(settings("orders", "order", null));
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> this.pipelines.push(settings("orders", "payment", "another")))
			.satisfies((ex) -> assertThat(ex.getDescription()).contains("'test.orders'"));
	}

	@ParameterizedTest
	@CsvSource({ "shared,shared,shared", "test.new,,test.new", ",test.old,test.old" })
	void refusesTwoInboundsThatKeepTheirStateUnderOneId(String first, String second, String id) {
		this.pipelines.push(settings("old", "order", first));
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> this.pipelines.push(settings("new", "order", second)))
			.satisfies((ex) -> {
				assertThat(ex.getDescription()).contains("'test.old' and 'test.new'").contains("id '" + id + "'");
				assertThat(ex.getAction()).contains("'mega.connectors.test.inbound.new.id'");
			});
	}

	@Test
	void listsPipelinesInTheOrderCreated() {
		for (String name : List.of("c", "a", "b")) {
			this.pipelines.push(settings(name, "order", null));
		}
		assertThat(this.pipelines.all()).extracting((pipeline) -> pipeline.name().toString())
			.containsExactly("test.c", "test.a", "test.b");
	}

	@Test
	void startsAndStopsThePipelines() {
		PushPipeline pipeline = this.pipelines.push(settings("orders", "order", null));
		assertThat(pipeline.status().state()).isEqualTo(PipelineState.STARTING);
		this.pipelines.start();
		assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		assertThat(this.pipelines.isRunning()).isTrue();
		this.pipelines.stop();
		assertThat(pipeline.status().state()).isEqualTo(PipelineState.STOPPED);
		assertThat(this.pipelines.isRunning()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "a", "orders", "orders-2", "a23456789-123456789-123456789-123456789-123456789-123456789-123" })
	void acceptsANamePart(String part) {
		assertThat(new PipelineName(part, "x")).hasToString(part + ".x");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Orders", "2orders", "-orders", "my_orders", "my.orders", "orders\n", "\u00FCber",
			"a23456789-123456789-123456789-123456789-123456789-123456789-1234" })
	void refusesANamePart(String part) {
		assertThatIllegalArgumentException().isThrownBy(() -> new PipelineName(part, "x"))
			.withMessageContaining("'" + part + "'");
		assertThatIllegalArgumentException().isThrownBy(() -> new PipelineName("x", part));
	}

	private static PipelineSettings settings(String inbound, String transformer, String id) {
		return new PipelineSettings(new PipelineName("test", inbound), transformer, id, RejectPolicy.ANSWER);
	}

	static Pipelines pipelines(Map<String, Transformer> transformers) {
		DriverManagerDataSource dataSource = new DriverManagerDataSource();
		Clock clock = Clock.systemUTC();
		Sink sink = new Sink(dataSource, new JdbcTransactionManager(dataSource), new JdbcSink(1),
				new CheckpointStore(dataSource, clock), new Inbox(dataSource, clock),
				new DeadLetterStore(dataSource, clock, DataSize.ofMegabytes(1), false),
				new FailureClassifiers(List.of()));
		return new Pipelines(new TransformerRegistry(transformers), sink,
				new PipelineOptions(Namespace.of("shop"), 10, 1, 10, Duration.ofSeconds(5),
						new PipelineOptions.Ceiling(0, 0, 1), Duration.ofSeconds(5), Duration.ofSeconds(5)),
				new SimpleMeterRegistry(), clock, () -> {
				});
	}

}
