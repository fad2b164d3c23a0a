package org.megaetl.pipeline;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.config.Namespace;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.event.SourcePosition;
import org.megaetl.inbox.Inbox;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the engine itself allocates for an event. Unlike time, that is the same on every
 * machine, however busy. It is taken before the compilers remove what they can, as how
 * much that is depends on what ran in the same JVM before.
 */
class AllocationTests {

	private static final int BATCH = 1000;

	private static final Row ROW = Row.insert("orders").set("note", "a").set("city", "b");

	private static final EventBatch EVENTS = new EventBatch(IntStream.range(0, BATCH)
		.mapToObj((i) -> Event.from("kafka.orders", "{}".getBytes(StandardCharsets.UTF_8))
			.position(SourcePosition.of("orders/0", String.valueOf(i), String.valueOf(i + 1)))
			.build())
		.toList(), List.of(new PositionAdvance("orders/0", "0", String.valueOf(BATCH), 1)));

	/** It is 319, of which half are the calls of the stubs; and two small objects. */
	private static final long LIMIT = 360;

	/** Some of them load classes, or fill caches. */
	private static final int BATCHES = 20;

	@Test
	void allocatesLittleForAnEvent() {
		SingleConnectionDataSource dataSource = new SingleConnectionDataSource(connection(), true);
		Clock clock = Clock.systemUTC();
		Sink sink = new Sink(dataSource, new DataSourceTransactionManager(dataSource), new JdbcSink(BATCH),
				new CheckpointStore(dataSource, clock), new Inbox(dataSource, clock),
				new DeadLetterStore(dataSource, clock, DataSize.ofMegabytes(16), false),
				new FailureClassifiers(List.of()));
		Duration minute = Duration.ofMinutes(1);
		Transformer transformer = (event) -> List.of(ROW);
		Pipelines pipelines = new Pipelines(new TransformerRegistry(Map.of("order", transformer)), sink,
				new PipelineOptions(Namespace.of("test"), BATCH, 1, BATCH, minute,
						new PipelineOptions.Ceiling(1000, 0, 1000), minute, minute),
				new SimpleMeterRegistry(), clock, () -> {
				});
		PullPipeline pipeline = pipelines
			.pull(new PipelineSettings(new PipelineName("kafka", "orders"), "order", null, RejectPolicy.DEAD_LETTER));
		pipelines.start();
		try {
			long least = IntStream.range(0, BATCHES).mapToLong((i) -> allocatedPerEvent(pipeline)).min().orElseThrow();
			assertThat(least).isLessThan(LIMIT);
		}
		finally {
			pipelines.stop();
		}
	}

	private static long allocatedPerEvent(PullPipeline pipeline) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		try {
			assertThat(pipeline.deliver(EVENTS).outcomes()).hasSize(BATCH);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / BATCH;
	}

	private static Connection connection() {
		// of an empty catalogue
		ResultSet nothing = stub(ResultSet.class, (proxy, method, args) -> answer(method.getName()));
		PreparedStatement statement = stub(PreparedStatement.class,
				(proxy, method, args) -> method.getName().equals("executeQuery") ? nothing : answer(method.getName()));
		return stub(Connection.class, (proxy, method, args) -> method.getName().equals("prepareStatement") ? statement
				: answer(method.getName()));
	}

	private static Object answer(String method) {
		return switch (method) {
			case "executeUpdate" -> 1;
			case "getAutoCommit", "isReadOnly", "isClosed", "next" -> false;
			case "getTransactionIsolation" -> Connection.TRANSACTION_READ_COMMITTED;
			default -> null;
		};
	}

	private static <T> T stub(Class<T> type, InvocationHandler handler) {
		return type
			.cast(Proxy.newProxyInstance(AllocationTests.class.getClassLoader(), new Class<?>[] { type }, handler));
	}

}
