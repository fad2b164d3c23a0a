package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.InboundDescriber;
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
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					transformer=oder                        | names the transformer 'oder', which does not exist
					topics=                                 | names no topic
					topic-pattern=orders-.*                 | are both set
					topics=,topic-pattern=                  | names no topic
					topics=,topic-pattern=[                 | which is no regular expression
					start=timestamp                         | start-timestamp' is not set
					start-timestamp=2026-01-31T00:00:00Z    | start-timestamp' is set
					properties[auto.offset.reset]=latest    | sets 'auto.offset.reset', which the connector decides
					ssl-bundle=none                         | names the SSL bundle 'none', which does not exist
					schema-registry=registry:8081           | is not the URL of a schema registry
					dead-letter-topic=orders                | which the inbound reads, too (topic orders)
					topics=,topic-pattern=orders.*,dead-letter-topic=orders-dlt | which the inbound reads, too (topics like orders.*)
					""")
	void isRefused(String properties, String message) {
		List<String> all = properties(properties);
		assertThatException().isThrownBy(() -> RecordsApplication.run(all, database.toProperties()).close())
			.satisfies((failure) -> assertThat(messages(failure)).contains(message));
	}

	@Test
	void isFineWhereWhatMayBeLeftOutIsEmpty() {
		RecordsApplication
			.run(properties("topic-pattern=,dead-letter-topic=,group-id=,schema-registry=,ssl-bundle="),
					database.toProperties())
			.close();
	}

	@Test
	void hasNoRelayWhereTheTopicOfDeadLettersIsBlank() {
		try (ConfigurableApplicationContext context = RecordsApplication.run(properties("dead-letter-topic= "),
				database.toProperties())) {
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.noneMatch((name) -> name.startsWith("mega-dead-letter-relay-"));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "none",
			textBlock = """
					start=earliest                       | topic orders at 127.0.0.1:1 | kcat -P -b 127.0.0.1:1 -t orders event.json
					topics=,topic-pattern=o.*            | topics like o.* at 127.0.0.1:1 | none
					schema-registry=http://registry:8081 | topic orders at 127.0.0.1:1 | none
					""")
	void isDescribedWithACommandThatSendsWhatCanBeRead(String properties, String address, @Nullable String command) {
		try (ConfigurableApplicationContext context = RecordsApplication.run(properties(properties),
				database.toProperties())) {
			assertThat(context.getBean(KafkaDescriber.class).describe(new PipelineName("kafka", "orders")))
				.isEqualTo(new InboundDescriber.Description(address, command));
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			topics=a;b                  | topics=b;c           | the topic b in
			topic-pattern=a.*           | topics=b;abc         | the topic abc in
			topics=a                    | topic-pattern=.      | the topic a in
			topic-pattern=a.*           | topic-pattern=a.*    | the topics like a.* in
			""")
	void isRefusedWhereTwoInboundsShareAGroupAndATopic(String one, String other, String message) {
		assertThatException()
			.isThrownBy(() -> RecordsApplication.run(twoInbounds(one, other), database.toProperties()).close())
			.satisfies((failure) -> assertThat(messages(failure)).contains("'kafka.one'", "'kafka.other'",
					"both read " + message + " the consumer group 'shared'", ".group-id' to a group of its own"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			topics=a                    | topics=b
			topics=a                    | topics=a,group-id=own
			topics=a                    | topics=a,bootstrap-servers=127.0.0.1:2
			topic-pattern=a.*           | topics=ba
			topic-pattern=a.*           | topic-pattern=b.*
			""")
	void isFineWhereTwoInboundsDoNotDisturbEachOther(String one, String other) {
		RecordsApplication.run(twoInbounds(one, other), database.toProperties()).close();
	}

	private static List<String> twoInbounds(String one, String other) {
		List<String> all = new ArrayList<>(List.of("mega.connectors.kafka.enabled=true",
				"spring.kafka.bootstrap-servers=127.0.0.1:1", "spring.kafka.consumer.group-id=shared"));
		Map.of("one", one, "other", other).forEach((name, properties) -> {
			String prefix = "mega.connectors.kafka.inbound." + name + ".";
			all.add(prefix + "transformer=" + RecordsApplication.TRANSFORMER);
			for (String property : properties.split(",")) {
				all.add(prefix + property.replace(';', ','));
			}
		});
		all.sort(null);
		return all;
	}

	/**
	 * With the dev services it would be a broker of theirs.
	 */
	@Test
	void isRefusedWhereNothingNamesABroker() {
		List<String> properties = properties("start=earliest");
		properties.removeIf((property) -> property.startsWith("spring.kafka"));
		assertThatException().isThrownBy(() -> RecordsApplication.run(properties, database.toProperties()).close())
			.satisfies((failure) -> assertThat(messages(failure)).contains(
					"Nothing says which brokers the inbound 'mega.connectors.kafka.inbound.orders' is to read from"));
		properties.add("mega.connectors.kafka.inbound.orders.bootstrap-servers=127.0.0.1:1");
		RecordsApplication.run(properties, database.toProperties()).close();
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			spring.kafka.bootstrap-servers=localhost:9092
			spring.kafka.bootstrap-servers[0]=localhost:9092
			spring.kafka.consumer.bootstrap-servers=localhost:9092
			KAFKA_URL=kafka://localhost:1
			""")
	void isFineWhereABrokerIsNamed(String property) {
		List<String> properties = properties("start=earliest");
		properties.removeIf((each) -> each.startsWith("spring.kafka"));
		properties.add(property);
		RecordsApplication.run(properties, database.toProperties()).close();
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
