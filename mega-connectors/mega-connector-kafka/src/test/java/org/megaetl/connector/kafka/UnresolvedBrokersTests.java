package org.megaetl.connector.kafka;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventBuffer;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.test.ApplicationProcess;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Brokers whose names do not resolve, as where they are not deployed yet.
 */
class UnresolvedBrokersTests {

	private static final String NOWHERE = "no-such-host.invalid:9092";

	private static final String PREFIX = "mega.connectors.kafka.inbound.";

	private static final Event EVENT = Event.from("webhook.orders", "kept".getBytes(StandardCharsets.UTF_8)).build();

	private final TestDatabase database = TestDatabase.create();

	private final Records records = new Records(this.database);

	private final TestTopic topic;

	UnresolvedBrokersTests() throws Exception {
		this.topic = new TestTopic(TestKafka.shared(), 1);
	}

	@AfterEach
	void close() {
		this.topic.close();
		this.database.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "use_all_dns_ips", "resolve_canonical_bootstrap_servers_only" })
	void areWaitedForWhileAllElseRuns(String lookup) throws Exception {
		List<String> properties = new ArrayList<>(this.topic.properties(RecordsApplication.TRANSFORMER));
		properties.addAll(List.of(PREFIX + "away.topics=away", PREFIX + "away.transformer=records",
				PREFIX + "away.concurrency=2", PREFIX + "away.dead-letter-topic=letters",
				PREFIX + "away.bootstrap-servers=" + NOWHERE, PREFIX + "away.properties[client.dns.lookup]=" + lookup));
		try (ConfigurableApplicationContext context = RecordsApplication.run(properties,
				this.database.toProperties())) {
			Pipeline away = pipeline(context, "away");
			assertThat(away.status().state()).isEqualTo(PipelineState.RETRYING);
			assertThat(away.status().reason())
				.isEqualTo("the source is not available: the names of the brokers do not resolve: " + NOWHERE);
			EventBuffer buffer = context.getBean(KafkaBuffers.class).open(new PipelineName("webhook", "away"));
			assertThat(buffer.store(List.of(EVENT))).isCompletedExceptionally();
			this.topic.send(0, "one").get();
			this.records.awaitCount(1);
			int attempts = away.status().attempts();
			Awaitility.await().atMost(Records.PATIENCE).until(() -> away.status().attempts() > attempts);
			assertThat(pipeline(context, "orders").status().state()).isEqualTo(PipelineState.RUNNING);
		}
	}

	@Test
	void areReadAndWrittenWhenTheirNamesResolve(@TempDir Path directory) throws Exception {
		String servers = TestKafka.shared().bootstrapServers();
		String name = "broker.example";
		String named = name + servers.substring(servers.lastIndexOf(':'));
		Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");
		List<String> args = new ArrayList<>();
		try (TestTopic letters = new TestTopic(TestKafka.shared(), 1)) {
			this.topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name())
				.forEach((property) -> args.add("--" + property.replace(servers, named)));
			for (String property : this.database.toProperties()) {
				args.add("--" + property);
			}
			try (ApplicationProcess process = ApplicationProcess.start(directory.resolve("output.txt"),
					List.of("-Xmx192m", "-Djdk.net.hosts.file=" + hosts), RecordsApplication.class, args)) {
				Awaitility.await()
					.atMost(Records.PATIENCE)
					.until(() -> process.output().contains("'kafka.orders' is retrying")
							&& process.output().contains("do not resolve: " + named));
				this.records.jdbc().sql("ALTER TABLE records ADD CHECK (body <> 'bad')").update();
				this.topic.sendAll(0, List.of("one", "bad"));
				Files.writeString(hosts, "127.0.0.1 localhost " + name + "\n");
				this.records.awaitCount(1);
				Awaitility.await()
					.atMost(Records.PATIENCE)
					.until(() -> this.records.jdbc()
						.sql("SELECT COUNT(*) FROM mega_dead_letter WHERE relayed_at IS NOT NULL")
						.query(Integer.class)
						.single() == 1);
				assertThat(process.output()).contains("'kafka.orders' is running again");
			}
		}
	}

	@Test
	void areWrittenByABufferWhenTheirNamesResolve() throws Exception {
		Iterator<String> servers = List.of(NOWHERE, NOWHERE, TestKafka.shared().bootstrapServers()).iterator();
		List<Runnable> retries = new ArrayList<>();
		try (ConfigurableApplicationContext context = RecordsApplication
			.run(this.topic.properties(RecordsApplication.TRANSFORMER), this.database.toProperties());
				KafkaBuffer buffer = new KafkaBuffer(new PipelineName("webhook", "orders"), pipeline(context, "orders"),
						this.topic.name(), () -> producer(servers.next()), retries::add)) {
			assertThat(buffer.store(List.of(EVENT))).isCompletedExceptionally();
			retries.remove(0).run();
			assertThat(buffer.store(List.of(EVENT))).failsWithin(Records.PATIENCE)
				.withThrowableThat()
				.withMessageContaining("do not resolve: " + NOWHERE);
			retries.remove(0).run();
			assertThat(retries).isEmpty();
			Awaitility.await()
				.atMost(Records.PATIENCE)
				.until(() -> !buffer.store(List.of(EVENT)).handle((stored, failure) -> failure != null).join());
			this.records.awaitCount(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "bootstrap-servers=broker", "bootstrap-servers=broker:x" })
	void areNoExcuseForAMistake(String property) {
		assertThatException()
			.isThrownBy(() -> RecordsApplication
				.run(this.topic.properties(RecordsApplication.TRANSFORMER, property), this.database.toProperties())
				.close())
			.withStackTraceContaining("in bootstrap.servers: broker");
	}

	private static Producer<byte[], byte[]> producer(String servers) {
		return UnresolvedBrokersException.make(servers,
				() -> new KafkaProducer<>(
						Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers, ProducerConfig.MAX_BLOCK_MS_CONFIG, 0),
						new ByteArraySerializer(), new ByteArraySerializer()));
	}

	private static Pipeline pipeline(ConfigurableApplicationContext context, String inbound) {
		return context.getBean(Pipelines.class)
			.all()
			.stream()
			.filter((each) -> each.name().inbound().equals(inbound))
			.findFirst()
			.orElseThrow();
	}

}
