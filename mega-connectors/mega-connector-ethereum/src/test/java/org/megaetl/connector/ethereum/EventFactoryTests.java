package org.megaetl.connector.ethereum;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.AddressCase;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventFactory}.
 */
class EventFactoryTests {

	private static final String CHECKSUM = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

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

	@Test
	void saysThatALogWasNotDecodedThatFitsNoEvent() {
		JsonNode log = JsonMapper.shared()
			.valueToTree(Map.of("transactionHash", StubChain.hash(1), "transactionIndex", "0x0", "logIndex", "0x0",
					"address", CHECKSUM, "topics", List.of(), "data", "0x"));
		assertThatIllegalArgumentException().isThrownBy(() -> log(log, AddressCase.LOWER).text("value"))
			.withMessageContaining("fits nothing that the inbound's 'events' or 'abi' say");
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
