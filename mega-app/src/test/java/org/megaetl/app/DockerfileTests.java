package org.megaetl.app;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.actuate.HealthCheck;
import org.megaetl.devservices.FreePort;

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
