package org.megaetl.connector.webhook;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What filters of the application can do to a request before its servlet has it.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "mega.connectors.webhook.enabled=true", "mega.connectors.webhook.inbound.read.path=/",
				"mega.connectors.webhook.inbound.read.transformer=raw",
				"mega.connectors.webhook.inbound.waiting.path=/waiting",
				"mega.connectors.webhook.inbound.waiting.transformer=raw" })
@ExtendWith(OutputCaptureExtension.class)
class WebhookFilterTests {

	private final JdbcClient jdbc;

	private final int port;

	private final TestClient client;

	WebhookFilterTests(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		this.jdbc = jdbc;
		this.port = port;
		this.client = new TestClient(port);
	}

	@BeforeEach
	void deleteRows() {
		this.jdbc.sql("DELETE FROM payloads").update();
	}

	@Test
	void storesNothingWhenAFilterTookTheBody(CapturedOutput output) throws Exception {
		for (BodyPublisher body : List.of(BodyPublishers.ofString("a=1"), ofUnknownLength("a=1"))) {
			HttpResponse<String> response = this.client.send(this.client.request("/").POST(body));
			assertThat(response.statusCode()).isEqualTo(500);
			assertThat(response.body()).contains("urn:mega:problem:internal");
		}
		assertThat(output).contains("a filter of this application has read its body");
		try (Http2Sender sender = new Http2Sender(this.port)) {
			sender.post(1);
			sender.data(1, "a=1", true);
			assertThat(sender.readBody()).contains("urn:mega:problem:internal");
		}
		assertThat(payloads()).isEmpty();
	}

	@Test
	void takesABodyThatIsEmptyAlthoughAFilterLookedForOne() throws Exception {
		for (BodyPublisher body : List.of(BodyPublishers.noBody(), ofUnknownLength(""))) {
			assertThat(this.client.send(this.client.request("/").POST(body)).body()).contains("written");
		}
		try (Http2Sender sender = new Http2Sender(this.port)) {
			sender.postNothing(1);
			assertThat(sender.readBody()).contains("written");
			sender.post(3);
			sender.data(3, "", true);
			assertThat(sender.readBody()).contains("written");
		}
		assertThat(payloads()).containsExactly("", "", "", "");
	}

	@Test
	void storesNothingWhereAFilterDoesNotLetARequestWait(CapturedOutput output) throws Exception {
		for (BodyPublisher body : List.of(BodyPublishers.ofString("{}"), ofUnknownLength("{}"))) {
			HttpResponse<String> response = this.client.send(this.client.request("/waiting").POST(body));
			assertThat(response.statusCode()).isEqualTo(500);
			assertThat(response.body()).contains("urn:mega:problem:internal");
		}
		assertThat(output).contains("a filter of this application does not support asynchronous requests");
		assertThat(payloads()).isEmpty();
	}

	private static BodyPublisher ofUnknownLength(String body) {
		return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
	}

	private List<String> payloads() {
		return this.jdbc.sql("SELECT body FROM payloads")
			.query((row, number) -> new String(row.getBytes(1), StandardCharsets.UTF_8))
			.list();
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Filters {

		@Bean
		FilterRegistrationBean<Filter> reading() {
			return new FilterRegistrationBean<>((request, response, chain) -> {
				if (((HttpServletRequest) request).getRequestURI().equals("/")) {
					request.getInputStream().readAllBytes();
				}
				chain.doFilter(request, response);
			});
		}

		@Bean
		FilterRegistrationBean<Filter> synchronous() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.addUrlPatterns("/waiting");
			registration.setAsyncSupported(false);
			return registration;
		}

	}

}
