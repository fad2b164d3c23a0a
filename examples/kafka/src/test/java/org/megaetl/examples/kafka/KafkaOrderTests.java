package org.megaetl.examples.kafka;

import java.math.BigDecimal;
import java.util.Map;
import java.util.UUID;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example as it is, on a real broker and a real database.
 */
@SpringBootTest
@ExtendWith(OutputCaptureExtension.class)
class KafkaOrderTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private KafkaConnectionDetails kafka;

	@Test
	void writesTheOrderThatProduceSends() throws Exception {
		Produce.main(new String[] { String.join(",", this.kafka.getBootstrapServers()), "order", "order.json" });
		Awaitility.await().until(() -> orders(this.jdbc) == 1);
		Map<String, Object> row = this.jdbc.sql("SELECT * FROM orders").query().singleRow();
		assertThat(row).containsEntry("order_id", 1)
			.containsEntry("amount", new BigDecimal("56.00"))
			.containsEntry("shipping_address", "Mataderos 2312");
	}

	@Test
	void readsTheTopicOfKafkaUrl(CapturedOutput output) throws Exception {
		String servers = TestKafka.shared().bootstrapServers();
		String topic = "t-" + UUID.randomUUID();
		Produce.main(new String[] { servers, topic, "order.json" });
		try (TestDatabase database = TestDatabase.create();
				ConfigurableApplicationContext context = SpringApplication.run(KafkaOrderApplication.class,
						"--KAFKA_URL=kafka://" + servers + "/" + topic,
						"--mega.connectors.kafka.inbound.orders.topics=",
						"--spring.datasource.url=" + database.jdbcUrl(),
						"--spring.datasource.username=" + database.username(),
						"--spring.datasource.password=" + database.password())) {
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			Awaitility.await().until(() -> orders(jdbc) == 1);
			assertThat(output).contains("Pipeline kafka.orders: topic " + topic + " at " + servers)
				.contains("Try it: kcat -P -b " + servers + " -t " + topic)
				.doesNotContain("for development at");
		}
	}

	private static int orders(JdbcClient jdbc) {
		return jdbc.sql("SELECT COUNT(*) FROM orders").query(Integer.class).single();
	}

}
