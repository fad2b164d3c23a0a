package org.megaetl.connector.ethereum;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Endpoint;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EthereumInbound}.
 */
class EthereumInboundTests {

	private static final PipelineSettings SETTINGS = new PipelineSettings(new PipelineName("ethereum", "a"), "rows",
			null, RejectPolicy.DEAD_LETTER);

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					endpoints=ftp://key@example.org/key | a.endpoints' has an address that is not http
					endpoints=localhost:8545            | a.endpoints' has an address that is not http
					websocket=http://example.org/key    | a.websocket' has an address that is not ws:// or wss://
					endpoints[0].url=ftp://a/key        | a.endpoints' has an address that is not http
					start=yesterday                     | a.start' is wrong: 'yesterday' is not a block's number
					addresses=0x1111111111111111111111111111111111111111 | a.addresses' has no effect where 'data' is transactions
					min-value=1;data=logs               | a.min-value' has no effect where 'data' is logs
					include-receipts=true;data=blocks   | a.include-receipts' has no effect where 'data' is blocks
					pending=true;data=blocks            | a.pending' has no effect where 'data' is blocks
					pending=true;data=logs              | a.pending' has no effect where 'data' is logs
					data=logs;events=Transfer           | a.events' names the event 'Transfer', which the ABI does not have
					data=logs;events=Transfer(unit a)   | a.events' has the signature 'Transfer(unit a)', which cannot be read
					data=logs;abi=file:missing.json     | a.abi' is 'file:missing.json', which cannot be read
					data=logs;topics[0][0]=0x12         | a.topics' has '0x12', which is not 0x and 64 hexadecimal digits""")
	void refusesWhatMakesNoSense(String properties, String description) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(
				() -> new EthereumInbound(SETTINGS, Inbounds.of(properties.split(";")), new DefaultResourceLoader()))
			.satisfies((ex) -> assertThat(ex.getDescription())
				.startsWith("'mega.connectors.ethereum.inbound." + description)
				.doesNotContain("key"));
	}

	@Test
	void describesEndpointsWithoutTheirKeys() {
		assertThat(EthereumInbound.describe(Inbounds.of("endpoints=https://user:secret@one.example.org/v3/secret")))
			.isEqualTo("transactions from one.example.org");
		assertThat(Inbounds.of("headers.key=secret")).asString().doesNotContain("secret");
	}

	@Test
	void takesEndpointsAsUrlsAndWithWhatBelongsToEach() {
		assertThat(Inbounds.of("endpoints=http://a:1/x,http://b").endpoints())
			.containsExactly(Endpoint.of("http://a:1/x"), Endpoint.of("http://b"));
		Inbound inbound = Inbounds.of("endpoints[0]=http://a", "endpoints[1].url=http://b/secret",
				"endpoints[1].headers.X-Key=secret", "endpoints[1].requests-per-second=5");
		assertThat(inbound.endpoints()).containsExactly(Endpoint.of("http://a"),
				new Endpoint("http://b/secret", Map.of("X-Key", "secret"), 5));
		assertThat(inbound.endpoints()).asString().doesNotContain("secret");
		assertThat(EthereumInbound.describe(inbound)).isEqualTo("transactions from a, b");
	}

	@ParameterizedTest
	@ValueSource(strings = { "headers.X-Key", "endpoints[0].headers.X-Key" })
	void refusesAHeaderThatCannotBeSentWithoutPrintingIt(String key) {
		String[] properties = { "endpoints[0].url=http://a", key + "=secret\n" };
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> new EthereumInbound(SETTINGS, Inbounds.of(properties), new DefaultResourceLoader()))
			.satisfies((ex) -> assertThat(ex.getDescription()).contains("headers'")
				.contains("'X-Key'")
				.doesNotContain("secret"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "endpoints=http://a/sec ret", "endpoints[0].url=http://[a/sec", "websocket=ws://[a/sec" })
	void refusesAnAddressThatIsNoneWithoutPrintingIt(String property) {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> new EthereumInbound(SETTINGS, Inbounds.of(property), new DefaultResourceLoader()))
			.satisfies((ex) -> assertThat(ex.getDescription()).contains("has an address that is not")
				.doesNotContain("sec"));
	}

	@Test
	void takesTimesAndNumbersToStartAt() {
		for (String start : new String[] { "0", "earliest", "latest", "2026-01-01T00:00:00Z",
				"2026-01-01T00:00:00+02:00" }) {
			assertThat(Inbounds.of("start=" + start).start()).isEqualTo(start);
			assertThat(new StartBlock(start)).isNotNull();
		}
	}

}
