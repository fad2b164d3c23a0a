package org.megaetl.connector.kafka;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.sun.net.httpserver.HttpServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.deadletter.DeadLetterFilter;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.deadletter.ReplayReport;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Replays of dead letters whose schemas are in a registry.
 */
class RegistryReplayTests {

	@Test
	void aRegistryThatIsAwayIsNoFailureOfADeadLetter() throws Exception {
		HttpServer registry = registry(0);
		int port = registry.getAddress().getPort();
		try (TestDatabase database = TestDatabase.create(); TestTopic topic = new TestTopic(TestKafka.shared(), 1)) {
			List<String> properties = topic.properties(RecordsApplication.TRANSFORMER,
					"schema-registry=http://127.0.0.1:" + port);
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			try (ConfigurableApplicationContext context = RecordsApplication.run(properties, database.toProperties())) {
				jdbc.sql("ALTER TABLE records ADD CONSTRAINT no_body CHECK (body <> '{}')").update();
				topic.send(0, null, ByteBuffer.allocate(7).put((byte) 0).putInt(1).put("{}".getBytes()).array()).get();
				DeadLetterService service = context.getBean(DeadLetterService.class);
				Awaitility.await().atMost(Records.PATIENCE).until(() -> letters(service).size() == 1);
			}
			jdbc.sql("ALTER TABLE records DROP CONSTRAINT no_body").update();
			registry.stop(0);
			// one that has not asked for the schema yet
			try (ConfigurableApplicationContext context = RecordsApplication.run(properties, database.toProperties())) {
				DeadLetterService service = context.getBean(DeadLetterService.class);
				List<DeadLetter> before = letters(service);
				for (boolean dryRun : new boolean[] { true, false }) {
					ReplayReport report = service.replay(DeadLetterFilter.ALL, 10, dryRun);
					assertThat(report.interruption()).contains("'kafka.orders'", "schema registry", "does not answer");
					assertThat(report.results()).isEmpty();
					assertThat(report.complete()).isFalse();
					assertThatIllegalStateException().isThrownBy(() -> service.replay(before.get(0).id(), dryRun))
						.withMessageContaining("does not answer");
				}
				assertThat(letters(service)).isEqualTo(before);
				registry = registry(port);
				assertThat(service.replay(before.get(0).id(), false).outcome()).isEqualTo(Outcome.WRITTEN);
				new Records(database).awaitCount(1);
			}
		}
		finally {
			registry.stop(0);
		}
	}

	private static List<DeadLetter> letters(DeadLetterService service) {
		return service.list(DeadLetterFilter.ALL, Long.MAX_VALUE, 10);
	}

	private static HttpServer registry(int port) throws Exception {
		HttpServer registry = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
		registry.createContext("/", (exchange) -> {
			byte[] body = "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}".getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		registry.start();
		return registry;
	}

}
