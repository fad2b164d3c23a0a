package org.megaetl.benchmarks.systems;

import java.time.Duration;
import java.util.Objects;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.stream.Consumer;
import org.springframework.data.redis.connection.stream.MapRecord;
import org.springframework.data.redis.connection.stream.ReadOffset;
import org.springframework.data.redis.connection.stream.StreamOffset;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.stream.StreamMessageListenerContainer;
import org.springframework.data.redis.stream.StreamMessageListenerContainer.StreamMessageListenerContainerOptions;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * What one would write with Spring alone to take a Redis stream: a listener that writes
 * record by record and acknowledges each.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({ DataRedisAutoConfiguration.class, DataSourceAutoConfiguration.class,
		JdbcTemplateAutoConfiguration.class })
public class StreamListenerProgram {

	/**
	 * Runs the listener.
	 * @param args arguments as of any Spring Boot application
	 */
	public static void main(String[] args) {
		SpringApplication.run(StreamListenerProgram.class, args);
	}

	@Bean(initMethod = "start", destroyMethod = "stop")
	StreamMessageListenerContainer<String, MapRecord<String, String, String>> container(
			RedisConnectionFactory connections, StringRedisTemplate redis, JdbcTemplate jdbc,
			@Value("${stream}") String stream, @Value("${group}") String group, @Value("${consumers}") int consumers) {
		redis.opsForStream().createGroup(stream, ReadOffset.from("0"), group);
		var container = StreamMessageListenerContainer.create(connections,
				StreamMessageListenerContainerOptions.builder()
					.batchSize(2000)
					.pollTimeout(Duration.ofMillis(500))
					.build());
		for (int i = 0; i < consumers; i++) {
			container.receive(Consumer.from(group, "consumer-" + i),
					StreamOffset.create(stream, ReadOffset.lastConsumed()), (record) -> {
						String order = Objects.requireNonNull(record.getValue().get("payload"));
						jdbc.update(Orders.INSERT, Orders.parse(order).values());
						redis.opsForStream().acknowledge(group, record);
					});
		}
		return container;
	}

}
