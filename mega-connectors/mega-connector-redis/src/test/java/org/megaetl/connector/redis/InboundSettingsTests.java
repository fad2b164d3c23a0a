package org.megaetl.connector.redis;

import java.util.Map;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.connector.redis.RedisConnectorProperties.Inbound;
import org.megaetl.pipeline.PipelineName;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the connector takes from the configuration of an inbound.
 */
class InboundSettingsTests {

	@Test
	void doNotAskForTheNameOfTheHostWhereAConsumerIsNamed() {
		Supplier<String> host = () -> {
			throw new AssertionError("This host has no name");
		};
		assertThat(StreamSettings.of(inbound("consumer", "one"), host, 0).consumer()).isEqualTo("one");
		assertThat(StreamSettings.of(inbound("consumer", "one"), host, 1).consumer()).isEqualTo("one-2");
	}

	@Test
	void nameTheConsumerAfterTheHostOtherwise() {
		assertThat(StreamSettings.of(inbound("group", "shop"), () -> "host", 0).consumer()).isEqualTo("host");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
			group   | shop | redis-cli XADD orders '*' payload '{"hello": "world"}'
			payload | body | redis-cli XADD orders '*' body '{"hello": "world"}'
			""")
	void sayHowToSendAnEventThatIsReadAsThePayload(String name, String value, String command) {
		RedisDescriber describer = new RedisDescriber(
				new RedisConnectorProperties(true, Map.of("orders", inbound(name, value))), null);
		assertThat(describer.describe(new PipelineName("redis", "orders"))).satisfies((description) -> {
			assertThat(description.address()).isEqualTo("stream orders");
			assertThat(description.tryIt()).isEqualTo(command);
		});
	}

	private static Inbound inbound(String name, String value) {
		return new Binder(new MapConfigurationPropertySource(
				Map.of("i.stream", "orders", "i.transformer", "order", "i." + name, value)))
			.bind("i", Inbound.class)
			.get();
	}

}
