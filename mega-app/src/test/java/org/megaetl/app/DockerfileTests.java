package org.megaetl.app;

import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.actuate.HealthCheck;
import org.megaetl.devservices.FreePort;
import org.megaetl.devservices.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the {@code Dockerfile} sets, without its image.
 */
@EnabledOnOs({ OS.LINUX, OS.MAC })
class DockerfileTests {

	@ParameterizedTest
	@ValueSource(strings = { "JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS" })
	void checksHealthWithoutTheOptionsOfTheApplication(String variable) throws Exception {
		String port = String.valueOf(FreePort.find());
		assertThat(healthCheck(Map.of(variable, "-Xms64m", "MANAGEMENT_SERVER_PORT", port)))
			.contains("http://127.0.0.1:" + port + "/actuator/health/liveness does not answer");
	}

	/**
	 * A management port of its own takes {@code server.ssl} over, unless it is told not
	 * to.
	 */
	@Test
	void checksHealthWithoutTlsWhereTheWebhookHasIt(@TempDir Path directory) throws Exception {
		TestCertificates certificates = new TestCertificates(directory.resolve("tls"));
		List<String> properties = new ArrayList<>(List.of("management.server.port=0",
				"spring.ssl.bundle.pem.webhook.keystore.certificate=" + certificates.serverCertificate(),
				"spring.ssl.bundle.pem.webhook.keystore.private-key=" + certificates.serverKey(),
				"spring.ssl.bundle.pem.webhook.truststore.certificate=" + certificates.authority(),
				"server.ssl.bundle=webhook", "server.ssl.client-auth=need"));
		Dockerfile.read().environment().forEach((name, value) -> {
			if (name.startsWith("MANAGEMENT_SERVER_SSL_")) {
				properties.add(name.toLowerCase(Locale.ROOT).replace('_', '.') + "=" + value);
			}
		});
		try (TestDatabase database = TestDatabase.create()) {
			database.execute(OperatedApplication.TABLE);
			try (OperatedApplication application = OperatedApplication.start(database,
					OperatedApplication.all(OperatedApplication.webhook(), properties.toArray(String[]::new)))) {
				int port = URI.create(application.actuator()).getPort();
				assertThat(healthCheck(Map.of("MANAGEMENT_SERVER_PORT", String.valueOf(port)))).isEmpty();
				HttpResponse<String> answer = application.order(1, "5");
				assertThat(answer.statusCode()).isEqualTo(400);
				assertThat(answer.body()).contains("requires TLS");
			}
		}
	}

	/**
	 * Runs the health check.
	 * @param variables the environment
	 * @return what it says; nothing if it is content
	 */
	private static String healthCheck(Map<String, String> variables) throws Exception {
		String classes = Path.of(HealthCheck.class.getProtectionDomain().getCodeSource().getLocation().toURI())
			.toString();
		List<String> command = new ArrayList<>(Dockerfile.read().healthCheck());
		command.replaceAll((argument) -> argument.equals("mega.jar") ? classes : argument);
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().clear();
		builder.environment().put("PATH", Path.of(System.getProperty("java.home"), "bin") + ":/usr/bin:/bin");
		builder.environment().putAll(variables);
		Process process = builder.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isEqualTo(output.isEmpty() ? 0 : 1);
		return output;
	}

}
