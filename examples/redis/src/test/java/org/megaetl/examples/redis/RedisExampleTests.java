package org.megaetl.examples.redis;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Orders in a real Redis, which become rows of a real database.
 */
@SpringBootTest
class RedisExampleTests {

	@Autowired
	private StringRedisTemplate redis;

	@Autowired
	private JdbcClient jdbc;

	@Test
	void writesOrdersOfTheStreamAndOfTheTable() {
		this.redis.opsForStream().add("orders", Map.of("payload", "{\"order_id\":1,\"quantity\":2,\"amount\":56.0}"));
		this.redis.opsForHash().putAll("order:2", Map.of("order_id", "2", "quantity", "3", "amount", "9.99"));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.untilAsserted(
					() -> assertThat(this.jdbc.sql("SELECT * FROM orders ORDER BY order_id").query().listOfRows())
						.isEqualTo(List.of(
								Map.of("order_id", 1, "quantity", 2, "amount", new BigDecimal("56.00"), "source",
										"redis.orders"),
								Map.of("order_id", 2, "quantity", 3, "amount", new BigDecimal("9.99"), "source",
										"redis.table"))));
		Awaitility.await()
			.atMost(Duration.ofSeconds(30))
			.until(() -> Boolean.FALSE.equals(this.redis.hasKey("order:2"))
					&& this.redis.opsForStream().pending("orders", "mega").getTotalPendingMessages() == 0);
	}

}
