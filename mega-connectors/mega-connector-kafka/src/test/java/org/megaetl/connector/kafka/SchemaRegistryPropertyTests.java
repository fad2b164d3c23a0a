package org.megaetl.connector.kafka;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * The address of a schema registry as an application is configured with it.
 */
@ExtendWith(OutputCaptureExtension.class)
class SchemaRegistryPropertyTests {

	private final TestDatabase database = TestDatabase.create();

	private final TestTopic topic;

	SchemaRegistryPropertyTests() throws Exception {
		this.topic = new TestTopic(TestKafka.shared(), 1);
	}

	@AfterEach
	void close() {
		this.topic.close();
		this.database.close();
	}

	@Test
	void hasCredentialsThatArePercentEncoded() throws Exception {
		Set<String> credentials = ConcurrentHashMap.newKeySet();
		HttpServer registry = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		registry.createContext("/", (exchange) -> {
			credentials.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
			byte[] body = "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		registry.start();
		String url = "http://u:p%40s%25s@127.0.0.1:" + registry.getAddress().getPort();
		try (ConfigurableApplicationContext context = RecordsApplication.run(
				this.topic.properties(RecordsApplication.TRANSFORMER, "schema-registry=" + url),
				this.database.toProperties())) {
			this.topic.send(0, null, ByteBuffer.allocate(7).put((byte) 0).putInt(1).put("{}".getBytes()).array()).get();
			new Records(this.database).awaitCount(1);
		}
		finally {
			registry.stop(0);
		}
		assertThat(credentials).containsExactly("Basic " + Base64.getEncoder().encodeToString("u:p@s%s".getBytes()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://u:s3cret@[", "http://u:s3cret%ss@registry:8081", "http://u:s3 cret@registry",
			"http://u:s3cret@x@registry", "ftp://u:s3cret@registry" })
	void isRefusedWithoutBeingQuoted(String url, CapturedOutput output) {
		List<String> properties = this.topic.properties(RecordsApplication.TRANSFORMER, "schema-registry=" + url);
		assertThatException().isThrownBy(() -> RecordsApplication.run(properties, this.database.toProperties()).close())
			.withStackTraceContaining("schema-registry' is not the URL of a schema registry")
			.satisfies((failure) -> assertThat(failure).hasStackTraceContaining("percent-encoded"));
		assertThat(output.getAll()).contains("is not the URL of a schema registry").doesNotContain(url);
	}

	@Test
	void mayBeEmpty() throws Exception {
		try (ConfigurableApplicationContext context = RecordsApplication.run(
				this.topic.properties(RecordsApplication.TRANSFORMER, "schema-registry="),
				this.database.toProperties())) {
			this.topic.send(0, "as it is").get();
			new Records(this.database).awaitCount(1);
		}
	}

}
