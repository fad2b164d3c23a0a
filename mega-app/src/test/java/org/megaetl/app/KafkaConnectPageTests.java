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
					"CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20), email VARCHAR(20))");
			String[] inbound = { "mega.connectors.webhook.inbound.customers.path=/customers",
					"mega.connectors.webhook.inbound.customers.transformer=customer" };
			try (OperatedApplication application = OperatedApplication.start(database,
					OperatedApplication.all(OperatedApplication.webhook(), inbound, transformers()))) {
				change(application, """
						{"op":"r","before":null,"after":{"id":1,"name":"Ann","email":"a@example.org"}}""");
				change(application, """
						{"op":"c","before":null,"after":{"id":2,"name":"Bob","email":null}}""");
				change(application, """
						{"op":"u","before":{"id":1},"after":{"id":1,"name":"Anna","email":"a@example.org"}}""");
				assertThat(names(database)).containsExactly("Anna", "Bob");
				change(application, """
						{"op":"d","before":{"id":1,"name":"Anna"},"after":null}""");
				assertThat(names(database)).containsExactly("Bob");
			}
		}
	}

	private static void change(OperatedApplication application, String change) {
		assertThat(OperatedApplication.send("POST", "http://localhost:" + application.port() + "/customers", change)
			.statusCode()).isEqualTo(200);
	}

	private static List<String> names(TestDatabase database) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT name FROM customers ORDER BY id")
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
