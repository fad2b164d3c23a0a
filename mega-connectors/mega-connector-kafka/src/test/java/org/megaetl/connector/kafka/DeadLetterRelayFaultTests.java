package org.megaetl.connector.kafka;

import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Dead letters that a broker refuses at first.
 */
class DeadLetterRelayFaultTests {

	private static final String MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule required";

	/**
	 * The client gives its producer up for good where it cannot log in when it starts.
	 */
	@Test
	void areSentOnceTheUserExists() throws Exception {
		int port = freePort();
		try (TestKafka kafka = TestKafka.createWithOwnServer(Map.of("listeners",
				"CONTROLLER://127.0.0.1:${controller-port},PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:"
						+ port,
				"sasl.enabled.mechanisms", "SCRAM-SHA-512",
				"listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config", MODULE + ";"));
				TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(kafka, 1);
				TestTopic letters = new TestTopic(kafka, 1)) {
			List<String> properties = new ArrayList<>(topic.properties(RecordsApplication.TRANSFORMER,
					"dead-letter-topic=" + letters.name(), "bootstrap-servers=127.0.0.1:" + port,
					"properties[security.protocol]=SASL_PLAINTEXT", "properties[sasl.mechanism]=SCRAM-SHA-512",
					"properties[sasl.jaas.config]=" + MODULE + " username=\"shop\" password=\"secret\";"));
			try (ConfigurableApplicationContext context = RecordsApplication.run(properties, database.toProperties())) {
				Records records = new Records(database);
				records.jdbc().sql("ALTER TABLE records ADD CHECK (body <> 'bad')").update();
				Pipeline pipeline = context.getBean(Pipelines.class).all().iterator().next();
				Awaitility.await()
					.pollDelay(Duration.ofSeconds(3))
					.atMost(Records.PATIENCE)
					.until(() -> pipeline.status().state() == PipelineState.RETRYING);
				assertThat(pipeline.status().reason()).contains("SaslAuthenticationException");
				try (Admin admin = topic.admin()) {
					admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("shop",
							new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), "secret")))
						.all()
						.get();
				}
				topic.sendAll(0, List.of("bad", "good"));
				records.awaitCount(1);
				Awaitility.await().atMost(Records.PATIENCE).until(() -> relayed(records) == 1);
			}
		}
	}

	@Test
	void areSentThoughTheProducerCouldNotBeMadeAtFirst() throws Exception {
		try (TestDatabase database = TestDatabase.create();
				TestTopic topic = new TestTopic(TestKafka.shared(), 1);
				TestTopic letters = new TestTopic(TestKafka.shared(), 1)) {
			String properties = "spring.kafka.producer.properties";
			List<String> all = new ArrayList<>(
					topic.properties(RecordsApplication.TRANSFORMER, "dead-letter-topic=" + letters.name()));
			all.add(properties + "[config.providers]=faulty");
			all.add(properties + "[config.providers.faulty.class]=" + FaultyConfigProvider.class.getName());
			FaultyConfigProvider.failures.set(1);
			try (ConfigurableApplicationContext context = RecordsApplication.run(all, database.toProperties())) {
				Records records = new Records(database);
				records.jdbc().sql("ALTER TABLE records ADD CHECK (body <> 'bad')").update();
				topic.sendAll(0, List.of("bad", "good"));
				records.awaitCount(1);
				Awaitility.await().atMost(Records.PATIENCE).until(() -> relayed(records) == 1);
				assertThat(FaultyConfigProvider.failures).hasNegativeValue();
			}
		}
	}

	private static int relayed(Records records) {
		return records.jdbc()
			.sql("SELECT COUNT(*) FROM mega_dead_letter WHERE relayed_at IS NOT NULL")
			.query(Integer.class)
			.single();
	}

	private static int freePort() throws Exception {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	/**
	 * Fails some times, as one does whose vault is sealed.
	 */
	public static final class FaultyConfigProvider implements ConfigProvider {

		private static final AtomicInteger failures = new AtomicInteger();

		@Override
		public void configure(Map<String, ?> configs) {
			if (failures.getAndDecrement() > 0) {
				throw new IllegalStateException("sealed");
			}
		}

		@Override
		public ConfigData get(String path) {
			return new ConfigData(Map.of());
		}

		@Override
		public ConfigData get(String path, Set<String> keys) {
			return new ConfigData(Map.of());
		}

		@Override
		public void close() {
		}

	}

}
