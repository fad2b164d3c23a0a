package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.PipelineName;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Mistakes in the configuration stop the start.
 */
class KafkaConfigurationTests {

	private static final TestDatabase database = TestDatabase.create();

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			transformer=oder                        | names the transformer 'oder', which does not exist
			topics=                                 | names no topic
			topic-pattern=orders-.*                 | are both set
			topics=,topic-pattern=[                 | which is no regular expression
			start=timestamp                         | start-timestamp' is not set
			start-timestamp=2026-01-31T00:00:00Z    | start-timestamp' is set
			properties[auto.offset.reset]=latest    | sets 'auto.offset.reset', which the connector decides
			ssl-bundle=none                         | names the SSL bundle 'none', which does not exist
			schema-registry=registry:8081           | is not the URL of a schema registry
			""")
	void isRefused(String properties, String message) {
		List<String> all = properties(properties);
		assertThatException().isThrownBy(() -> RecordsApplication.run(all, database.toProperties()).close())
			.satisfies((failure) -> assertThat(messages(failure)).contains(message));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			other  | topics=orders                          | there is no inbound 'mega.connectors.kafka.inbound.other'
			orders | topics=,topic-pattern=orders-.*        | it is not clear where to keep them
			orders | topics=a;b                             | it is not clear where to keep them
			orders | start=latest                           | would leave out those that were kept before
			orders | schema-registry=http://registry:8081   | expects values in the wire format of a schema registry
			""")
	void isRefusedForABuffer(String inbound, String properties, String message) {
		try (ConfigurableApplicationContext context = RecordsApplication.run(properties(properties),
				database.toProperties())) {
			KafkaBuffers buffers = context.getBean(KafkaBuffers.class);
			assertThatExceptionOfType(InvalidConfigurationException.class)
				.isThrownBy(() -> buffers.open(new PipelineName("webhook", inbound)))
				.withMessageContaining(message);
		}
	}

	private static List<String> properties(String properties) {
		String prefix = "mega.connectors.kafka.inbound.orders.";
		List<String> all = new ArrayList<>(
				List.of("mega.connectors.kafka.enabled=true", "spring.kafka.bootstrap-servers=127.0.0.1:1",
						prefix + "topics=orders", prefix + "transformer=" + RecordsApplication.TRANSFORMER));
		for (String property : properties.split(",")) {
			String name = prefix + property.substring(0, property.indexOf('=') + 1);
			all.removeIf((each) -> each.startsWith(name));
			all.add(prefix + property.replace(';', ','));
		}
		return all;
	}

	private static String messages(Throwable failure) {
		StringBuilder messages = new StringBuilder();
		for (Throwable each = failure; each != null; each = each.getCause()) {
			messages.append(each.getMessage()).append('\n');
		}
		return messages.toString();
	}

}
