package org.megaetl.benchmarks.systems;

import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.annotation.Transactional;

/**
 * What one would write with Spring alone: a listener and a {@link JdbcTemplate}. Events
 * may be written twice, as offsets are committed after the rows.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({ KafkaAutoConfiguration.class, DataSourceAutoConfiguration.class,
		DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
		JdbcTemplateAutoConfiguration.class })
public class ListenerProgram {

	/**
	 * Runs the listener.
	 * @param args arguments as of any Spring Boot application; {@code --batch=true} to
	 * take what was polled at once
	 */
	public static void main(String[] args) {
		SpringApplication.run(ListenerProgram.class, args);
	}

	@Bean
	@ConditionalOnBooleanProperty("batch")
	BatchListener batchListener(JdbcTemplate jdbc) {
		return new BatchListener(jdbc);
	}

	@Bean
	@ConditionalOnBooleanProperty(name = "batch", havingValue = false)
	RecordListener recordListener(JdbcTemplate jdbc) {
		return new RecordListener(jdbc);
	}

	/**
	 * Takes all that was polled.
	 */
	static class BatchListener {

		private final JdbcTemplate jdbc;

		BatchListener(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@Transactional
		@KafkaListener(topics = "${topic}", groupId = "${group}", concurrency = "${consumers}", batch = "true")
		void take(List<byte[]> orders) {
			this.jdbc.batchUpdate(Orders.INSERT, orders.stream().map((order) -> Orders.parse(order).values()).toList());
		}

	}

	/**
	 * Takes record by record.
	 */
	static class RecordListener {

		private final JdbcTemplate jdbc;

		RecordListener(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@KafkaListener(topics = "${topic}", groupId = "${group}", concurrency = "${consumers}")
		void take(byte[] order) {
			this.jdbc.update(Orders.INSERT, Orders.parse(order).values());
		}

	}

}
