package org.megaetl.benchmarks.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.megaetl.benchmarks.systems.Orders;
import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.config.Namespace;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.inbox.Inbox;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineOptions;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.pipeline.Sink;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.util.unit.DataSize;

/**
 * What the engine itself costs for an event: transform, batch, build the statement, keep
 * count, on a connection that does nothing.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Xmx512m")
public class EngineBenchmark {

	static final int BATCH = 1000;

	private static final Row ROW = Row.insert("orders").set("order_id", 1).set("shipping_address", "Mataderos 2312");

	/** What the transformer does: nothing, build a row, or what it would do really. */
	@Param({ "nothing", "row", "order" })
	private String transformer = "nothing";

	private Pipelines pipelines;

	private PullPipeline pipeline;

	private EventBatch batch;

	/**
	 * Creates a pipeline.
	 */
	// set up by a method that JMH calls
	@SuppressWarnings("NullAway.Init")
	public EngineBenchmark() {
	}

	/**
	 * Starts the pipeline.
	 */
	@Setup
	public void start() {
		NoOpDataSource dataSource = new NoOpDataSource();
		Clock clock = Clock.systemUTC();
		Sink sink = new Sink(dataSource, new DataSourceTransactionManager(dataSource), new JdbcSink(BATCH),
				new CheckpointStore(dataSource, clock), new Inbox(dataSource, clock),
				new DeadLetterStore(dataSource, clock, DataSize.ofMegabytes(16), false),
				new FailureClassifiers(List.of()));
		Duration minute = Duration.ofMinutes(1);
		PipelineOptions options = new PipelineOptions(Namespace.of("benchmarks"), BATCH, 1, BATCH, minute,
				new PipelineOptions.Ceiling(1000, 0, 1000), minute, minute);
		this.pipelines = new Pipelines(new TransformerRegistry(Map.of("order", transformer())), sink, options,
				new SimpleMeterRegistry(), clock, () -> {
				});
		this.pipeline = this.pipelines
			.pull(new PipelineSettings(new PipelineName("kafka", "orders"), "order", null, RejectPolicy.DEAD_LETTER));
		this.pipelines.start();
		List<Event> events = new ArrayList<>(BATCH);
		for (int i = 0; i < BATCH; i++) {
			events.add(Event.from("kafka.orders", Orders.json(i))
				.position(SourcePosition.of("orders/0", String.valueOf(i), String.valueOf(i + 1)))
				.build());
		}
		this.batch = new EventBatch(events, List.of(new PositionAdvance("orders/0", "0", String.valueOf(BATCH), 1)));
	}

	private Transformer transformer() {
		return switch (this.transformer) {
			case "nothing" -> (event) -> List.of(ROW);
			case "row" ->
				(event) -> List.of(Row.insert("orders").set("order_id", 1).set("shipping_address", "Mataderos 2312"));
			default -> Orders.transformer();
		};
	}

	/**
	 * Ends the pipeline.
	 */
	@TearDown
	public void stop() {
		this.pipelines.stop();
	}

	/**
	 * Delivers a batch.
	 * @return what became of it
	 * @throws InterruptedException if the thread is to stop
	 */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public BatchResult deliver() throws InterruptedException {
		return this.pipeline.deliver(this.batch);
	}

}
