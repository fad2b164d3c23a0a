package org.megaetl.connector.ethereum;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.ethereum.EthereumProperties.AddressCase;
import org.megaetl.connector.ethereum.EthereumProperties.Data;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanCreationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What logs are decoded with, and how their addresses are written.
 */
class AbiTests extends ChainTestSupport {

	private static final String CHECKSUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

	@ParameterizedTest
	@ValueSource(strings = { "events=Note", "events=" })
	void decodesWithTheEventsOfAnAbiFile(String events) {
		application("abi=classpath:note-abi.json", events);
		this.notes.mineEach("a", "b");
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "b");
	}

	@Test
	void readsOnlyTheEventsThatAreNamed() {
		application("abi=classpath:note-abi.json", "events=Transfer");
		this.notes.mineEach("a");
		await().atMost(PATIENCE).until(() -> position().startsWith((this.node.head() + 1) + "@"));
		assertThat(texts()).isEmpty();
	}

	@Test
	void doesNotStartWithAnEventThatTheAbiDoesNotHave() {
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application("abi=classpath:note-abi.json", "events=Noted"))
			.havingRootCause()
			.isInstanceOf(InvalidConfigurationException.class)
			.withMessageContaining("names the event 'Noted', which the ABI does not have");
	}

	@Test
	void writesAddressesOfLogsWithTheirChecksum() {
		String padded = "0x" + "0".repeat(24) + CHECKSUM.substring(2).toLowerCase(Locale.ROOT);
		JsonNode log = JsonMapper.shared()
			.valueToTree(Map.of("transactionHash", StubChain.hash(1), "transactionIndex", "0x0", "logIndex", "0x0",
					"address", CHECKSUM.toLowerCase(Locale.ROOT), "topics",
					List.of(topic("Transfer(address indexed from, address to)"), padded), "data", padded));
		Log checksum = log(log, AddressCase.CHECKSUM);
		assertThat(checksum.address()).isEqualTo(CHECKSUM);
		assertThat(checksum.arguments()).containsOnly(Map.entry("from", CHECKSUM), Map.entry("to", CHECKSUM));
		Log lower = log(log, AddressCase.LOWER);
		assertThat(lower.address()).isEqualToIgnoringCase(CHECKSUM).isLowerCase();
		assertThat(lower.arguments().values()).allSatisfy((value) -> assertThat((String) value).isLowerCase());
	}

	private static Log log(JsonNode log, AddressCase addressCase) {
		EventFactory factory = new EventFactory("test", Data.LOGS, addressCase,
				new LogDecoder(List.of(EventSignature.parse("Transfer(address indexed from, address to)"))));
		Header header = new Header(1, StubChain.hash(1), "", 0, Bloom.of(List.of(log)));
		return Log.of(factory.events(new BlockData(header, log, List.of(log), Map.of()), "1").get(0));
	}

	private static String topic(String signature) {
		return new LogDecoder(List.of(EventSignature.parse(signature))).topics().get(0);
	}

}
