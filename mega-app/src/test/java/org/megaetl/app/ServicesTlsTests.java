package org.megaetl.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.FreePort;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.devservices.TestRedis;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * A database, a broker and a Redis that are reached over TLS, as docs/security.md says.
 */
class ServicesTlsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	@TempDir
	private static Path directory;

	private static TestCertificates certificates;

	private static TestCertificates others;

	private static TestDatabase database;

	private static TestKafka kafka;

	private static TestRedis redis;

	private static int redisPort;

	@BeforeAll
	static void start() throws Exception {
		certificates = new TestCertificates(directory.resolve("ours"));
		others = new TestCertificates(directory.resolve("others"));
		database = TestDatabase.createWithOwnServer("--ssl", "--ssl-cert=" + certificates.serverCertificate(),
				"--ssl-key=" + certificates.serverKey(), "--require-secure-transport=ON");
		database.execute("CREATE TABLE notes (text VARCHAR(40))");
		String keys = certificates.serverStore().toString();
		kafka = TestKafka.createWithOwnServer(Map.ofEntries(
				Map.entry("listeners", "CONTROLLER://127.0.0.1:${controller-port},SSL://127.0.0.1:${port}"),
				Map.entry("inter.broker.listener.name", "SSL"), Map.entry("ssl.keystore.type", "PKCS12"),
				Map.entry("ssl.keystore.location", keys), Map.entry("ssl.keystore.password", TestCertificates.PASSWORD),
				Map.entry("ssl.truststore.type", "PKCS12"), Map.entry("ssl.truststore.location", keys),
				Map.entry("ssl.truststore.password", TestCertificates.PASSWORD)));
		redisPort = FreePort.find();
		redis = TestRedis.createWithOwnServer("--tls-port", String.valueOf(redisPort), "--tls-cert-file",
				certificates.serverCertificate().toString(), "--tls-key-file", certificates.serverKey().toString(),
				"--tls-auth-clients", "no");
	}

	@AfterAll
	static void stop() {
		redis.close();
		kafka.close();
		database.close();
	}

	@Test
	void areReachedByThoseWhoTrustTheirAuthority() throws Exception {
		produce();
		try (ConfigurableApplicationContext application = run(certificates, certificates)) {
			await().atMost(PATIENCE)
				.untilAsserted(() -> assertThat(JdbcClient.create(database.dataSource())
					.sql("SELECT text FROM notes")
					.query(String.class)
					.list()).containsExactlyInAnyOrder("of kafka", "of redis"));
		}
	}

	@Test
	void areNotReachedByThoseWhoTrustAnother() {
		try (ConfigurableApplicationContext application = run(certificates, others)) {
			for (Pipeline pipeline : application.getBean(Pipelines.class).all()) {
				await().atMost(PATIENCE)
					.untilAsserted(() -> assertThat(pipeline.status().state()).as(pipeline.name().toString())
						.isEqualTo(PipelineState.RETRYING));
				assertThat(pipeline.status().reason()).containsAnyOf("SSL", "PKIX", "certificat", "trust anchors");
			}
		}
		assertThatException().isThrownBy(() -> run(others, certificates).close())
			.satisfies((failure) -> assertThat(NestedExceptionUtils.getMostSpecificCause(failure).toString())
				.containsAnyOf("PKIX", "CertPath", "certif", "trust anchor"));
	}

	private static void produce() throws Exception {
		Map<String, Object> client = new HashMap<>(
				Map.of("bootstrap.servers", kafka.bootstrapServers(), "security.protocol", "SSL", "ssl.truststore.type",
						"PEM", "ssl.truststore.location", certificates.authority().toString()));
		try (Admin admin = Admin.create(client)) {
			admin.createTopics(List.of(new NewTopic("notes", 1, (short) 1))).all().get();
		}
		try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(client, new ByteArraySerializer(),
				new ByteArraySerializer())) {
			producer.send(new ProducerRecord<>("notes", "{\"text\": \"of kafka\"}".getBytes(StandardCharsets.UTF_8)))
				.get();
		}
		RedisClient plain = RedisClient.create(RedisURI.builder().withHost("127.0.0.1").withPort(redis.port()).build());
		try (StatefulRedisConnection<String, String> connection = plain.connect()) {
			connection.sync().xadd("notes", "payload", "{\"text\": \"of redis\"}");
		}
		finally {
			plain.shutdown();
		}
	}

	private static ConfigurableApplicationContext run(TestCertificates ofDatabase, TestCertificates ofOthers) {
		List<String> args = new ArrayList<>(List.of("spring.datasource.url=" + database.jdbcUrl()
				+ "?sslMode=VERIFY_IDENTITY&trustCertificateKeyStoreType=PKCS12&trustCertificateKeyStoreUrl=file:"
				+ ofDatabase.trustStore() + "&trustCertificateKeyStorePassword=" + TestCertificates.PASSWORD,
				"spring.datasource.username=" + database.username(),
				"spring.datasource.password=" + database.password(),
				"spring.ssl.bundle.pem.services.truststore.certificate=file:" + ofOthers.authority(),
				"spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(), "spring.kafka.security.protocol=SSL",
				"spring.kafka.ssl.bundle=services", "spring.data.redis.url=rediss://127.0.0.1:" + redisPort,
				"spring.data.redis.ssl.bundle=services", "mega.connectors.kafka.enabled=true",
				"mega.connectors.kafka.inbound.notes.topics=notes",
				"mega.connectors.kafka.inbound.notes.transformer=note", "mega.connectors.redis.enabled=true",
				"mega.connectors.redis.inbound.notes.stream=notes",
				"mega.connectors.redis.inbound.notes.transformer=note", "mega.transformers.note.type=mapping",
				"mega.transformers.note.table=notes", "mega.transformers.note.mode=insert",
				"mega.transformers.note.columns.text=/text", "server.port=0"));
		return new SpringApplicationBuilder(MegaApplication.class)
			.run(args.stream().map((arg) -> "--" + arg).toArray(String[]::new));
	}

}
