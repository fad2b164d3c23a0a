package org.megaetl.connector.kafka;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A broker that wants TLS and a password.
 */
class KafkaSecurityTests {

	private static final String PASSWORD = "changeit";

	@Test
	void readsOverTlsWithScramAndAnSslBundle(@TempDir Path directory) throws Exception {
		Path keys = directory.resolve("broker.p12");
		keytool("-genkeypair", "-alias", "broker", "-keyalg", "EC", "-dname", "CN=localhost", "-ext",
				"san=dns:localhost,ip:127.0.0.1", "-validity", "30", "-storetype", "PKCS12", "-keystore",
				keys.toString(), "-storepass", PASSWORD);
		Path certificate = directory.resolve("ca.pem");
		KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
		try (OutputStream stream = Files.newOutputStream(certificate)) {
			stream.write(("-----BEGIN CERTIFICATE-----\n"
					+ Base64.getMimeEncoder().encodeToString(store.getCertificate("broker").getEncoded())
					+ "\n-----END CERTIFICATE-----\n")
				.getBytes());
		}
		String jaas = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"shop\" "
				+ "password=\"secret\";";
		try (TestKafka kafka = TestKafka.createWithOwnServer(
				Map.ofEntries(
						Map.entry("listeners",
								"CONTROLLER://127.0.0.1:${controller-port},SASL_SSL://127.0.0.1:${port}"),
						Map.entry("inter.broker.listener.name", "SASL_SSL"),
						Map.entry("sasl.enabled.mechanisms", "SCRAM-SHA-512"),
						Map.entry("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512"),
						Map.entry("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", jaas),
						Map.entry("ssl.keystore.type", "PKCS12"), Map.entry("ssl.keystore.location", keys.toString()),
						Map.entry("ssl.keystore.password", PASSWORD), Map.entry("ssl.truststore.type", "PKCS12"),
						Map.entry("ssl.truststore.location", keys.toString()),
						Map.entry("ssl.truststore.password", PASSWORD)),
				"--add-scram", "SCRAM-SHA-512=[name=shop,password=secret]");
				TestDatabase database = TestDatabase.create()) {
			Map<String, Object> security = Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "SCRAM-SHA-512",
					"sasl.jaas.config", jaas, "ssl.truststore.type", "PEM", "ssl.truststore.location",
					certificate.toString());
			try (TestTopic topic = new TestTopic(kafka.bootstrapServers(), "secured", security)) {
				topic.sendAll(0, List.of("one", "two"));
				List<String> properties = new ArrayList<>(topic.properties(RecordsApplication.TRANSFORMER,
						"ssl-bundle=broker", "properties[security.protocol]=SASL_SSL",
						"properties[sasl.mechanism]=SCRAM-SHA-512", "properties[sasl.jaas.config]=" + jaas));
				properties.add("spring.ssl.bundle.pem.broker.truststore.certificate=file:" + certificate);
				try (ConfigurableApplicationContext context = RecordsApplication.run(properties,
						database.toProperties())) {
					new Records(database).awaitCount(2);
				}
				properties.replaceAll((property) -> property.replace("password=\"secret\"", "password=\"wrong\""));
				try (ConfigurableApplicationContext context = RecordsApplication.run(properties,
						database.toProperties())) {
					Pipeline pipeline = context.getBean(Pipelines.class).all().iterator().next();
					Awaitility.await()
						.atMost(Records.PATIENCE)
						.until(() -> pipeline.status().state() == PipelineState.RETRYING);
					assertThat(pipeline.status().reason()).contains("SaslAuthenticationException");
				}
			}
		}
	}

	private static void keytool(String... args) throws Exception {
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
		command.addAll(List.of(args));
		Process process = new ProcessBuilder(command).inheritIO().start();
		if (process.waitFor() != 0) {
			throw new IllegalStateException("keytool failed");
		}
	}

}
