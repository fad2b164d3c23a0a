package org.megaetl.actuate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HealthCheckTests {

	private HttpServer server;

	private String port;

	@BeforeEach
	void startServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
		this.port = Integer.toString(this.server.getAddress().getPort());
		this.server.start();
	}

	@AfterEach
	void stopServer() {
		this.server.stop(0);
	}

	@Test
	void isContentWithAnApplicationThatIsAliveAndReady() {
		answer("liveness", 200);
		answer("readiness", 200);
		assertThat(HealthCheck.problem(this.port)).isNull();
	}

	@Test
	void saysWhichGroupIsDown() {
		answer("liveness", 503);
		answer("readiness", 200);
		assertThat(HealthCheck.problem(this.port)).endsWith("/actuator/health/liveness answers 503");
	}

	@Test
	void saysThatTheApplicationIsNotReady() {
		answer("liveness", 200);
		answer("readiness", 503);
		assertThat(HealthCheck.problem(this.port)).endsWith("/actuator/health/readiness answers 503");
	}

	@Test
	void saysThatNothingAnswers() {
		this.server.stop(0);
		assertThat(HealthCheck.problem(this.port)).contains("/actuator/health/liveness does not answer: ");
	}

	@Test
	void asksThePortOfTheManagementServerWhereThereIsOne() {
		assertThat(HealthCheck.port(Map.of("MANAGEMENT_SERVER_PORT", "8081", "SERVER_PORT", "80"))).isEqualTo("8081");
		assertThat(HealthCheck.port(Map.of("SERVER_PORT", "80"))).isEqualTo("80");
		assertThat(HealthCheck.port(Map.of())).isEqualTo("3344");
	}

	private void answer(String group, int status) {
		this.server.createContext("/actuator/health/" + group, (exchange) -> {
			exchange.sendResponseHeaders(status, -1);
			exchange.close();
		});
	}

}
