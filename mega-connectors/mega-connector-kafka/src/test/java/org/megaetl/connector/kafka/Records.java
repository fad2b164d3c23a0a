package org.megaetl.connector.kafka;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.megaetl.devservices.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What {@link RecordsApplication} has written.
 */
final class Records {

	static final Duration PATIENCE = Duration.ofSeconds(45);

	private final JdbcClient jdbc;

	Records(TestDatabase database) {
		this.jdbc = JdbcClient.create(database.dataSource());
	}

	JdbcClient jdbc() {
		return this.jdbc;
	}

	int count() {
		Integer tables = this.jdbc
			.sql("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() "
					+ "AND table_name = 'records'")
			.query(Integer.class)
			.single();
		return (tables == 0) ? 0 : this.jdbc.sql("SELECT COUNT(*) FROM records").query(Integer.class).single();
	}

	List<String> bodies() {
		return this.jdbc.sql("SELECT body FROM records ORDER BY arrival").query(String.class).list();
	}

	List<String> bodies(int partition) {
		return this.jdbc.sql("SELECT body FROM records WHERE part = ? ORDER BY arrival")
			.param(partition)
			.query(String.class)
			.list();
	}

	void awaitCount(int count) {
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> Assertions.assertThat(count()).isGreaterThanOrEqualTo(count));
		Assertions.assertThat(count()).isEqualTo(count);
	}

	static List<String> numbers(int from, int to) {
		return IntStream.rangeClosed(from, to).mapToObj(String::valueOf).toList();
	}

}
