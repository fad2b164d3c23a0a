package org.megaetl.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.megaetl.devservices.TestDatabase;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The mapping of {@code docs/from-kafka-connect.md}, with changes as Debezium sends them.
 */
class KafkaConnectPageTests {

	@Test
	void theMappingMakesACopyOfATableFromItsChanges() throws Exception {
		try (TestDatabase database = TestDatabase.create()) {
			database.execute(OperatedApplication.TABLE,
					"CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20), credit DECIMAL(12,2), "
							+ "born DATE, call_at TIME(6), changed_at DATETIME(6))");
			String[] inbound = { "mega.connectors.webhook.inbound.customers.path=/customers",
					"mega.connectors.webhook.inbound.customers.transformer=customer" };
			try (OperatedApplication application = OperatedApplication.start(database,
					OperatedApplication.all(OperatedApplication.webhook(), inbound, transformers()))) {
				change(application, """
						{"op":"r","before":null,"after":{"id":1,"name":"Ann","credit":"120.50","born":17424,
						"call_at":36930000001,"changed_at":1529507596945104}}""");
				change(application, """
						{"op":"c","before":null,"after":{"id":2,"name":"Bob","credit":null,"born":-1,
						"call_at":null,"changed_at":null}}""");
				change(application, """
						{"op":"u","before":{"id":1},"after":{"id":1,"name":"Anna","credit":"120.50","born":17424,
						"call_at":36930000001,"changed_at":1529507596945104}}""");
				assertThat(customers(database)).containsExactly(
						"Anna 120.50 2017-09-15 10:15:30.000001 2018-06-20 15:13:16.945104", "Bob 1969-12-31");
				change(application, """
						{"op":"d","before":{"id":1,"name":"Anna"},"after":null}""");
				assertThat(customers(database)).containsExactly("Bob 1969-12-31");
			}
		}
	}

	private static void change(OperatedApplication application, String change) {
		assertThat(OperatedApplication.send("POST", "http://localhost:" + application.port() + "/customers", change)
			.statusCode()).isEqualTo(200);
	}

	private static List<String> customers(TestDatabase database) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT CONCAT_WS(' ', name, credit, born, call_at, changed_at) FROM customers ORDER BY id")
			.query(String.class)
			.list();
	}

	private static String[] transformers() throws Exception {
		Stream<String> yaml = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$")
			.matcher(Files.readString(Path.of("..", "docs", "from-kafka-connect.md")))
			.results()
			.map((MatchResult block) -> block.group(1));
		return yaml.flatMap((text) -> Yaml.flatten(text).entrySet().stream())
			.filter((entry) -> entry.getKey().startsWith("mega.transformers."))
			.map((entry) -> entry.getKey() + "=" + entry.getValue())
			.toArray(String[]::new);
	}

}
