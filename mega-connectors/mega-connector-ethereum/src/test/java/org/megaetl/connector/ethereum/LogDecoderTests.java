package org.megaetl.connector.ethereum;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.esaulpaugh.headlong.abi.Event;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LogDecoder} and {@link EventSignature}.
 */
class LogDecoderTests {

	private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

	private static final String ERC20 = "Transfer(address indexed from, address indexed to, uint256 value)";

	private static final String FROM = word("11".repeat(20));

	private static final String TO = word("22".repeat(20));

	@Test
	void decodesATransfer() {
		LogDecoder decoder = decoder(ERC20);
		assertThat(decoder.topics()).containsExactly(TRANSFER);
		LogDecoder.Decoded decoded = decode(decoder, "0x" + "f".repeat(64), TRANSFER, FROM, TO);
		assertThat(decoded.event()).isEqualTo("Transfer");
		assertThat(decoded.signature()).isEqualTo("Transfer(address,address,uint256)");
		assertThat(decoded.arguments()).containsExactly(Map.entry("from", "0x" + "11".repeat(20)),
				Map.entry("to", "0x" + "22".repeat(20)),
				Map.entry("value", "115792089237316195423570985008687907853269984665640564039457584007913129639935"));
	}

	@Test
	void leavesATransferOfAnErc721TokenAsItIs() {
		assertThat(decode(decoder(ERC20), "0x", TRANSFER, FROM, TO, word("07"))).isNull();
		LogDecoder both = decoder(ERC20, "Transfer(address indexed from, address indexed to, uint256 indexed tokenId)");
		assertThat(both.topics()).containsExactly(TRANSFER);
		assertThat(decode(both, "0x", TRANSFER, FROM, TO, word("07")).arguments()).containsEntry("tokenId", "7");
		assertThat(decode(both, word("09"), TRANSFER, FROM, TO).arguments()).containsEntry("value", "9");
	}

	@Test
	void decodesNegativeNumbers() {
		LogDecoder decoder = decoder("Change(int256 amount, int8 small)");
		assertThat(decode(decoder, "0x80" + "0".repeat(62) + "f".repeat(63) + "e", decoder.topics().get(0)).arguments())
			.containsExactly(
					Map.entry("amount",
							"-57896044618658097711785492504343953926634992332820282019728792003956564819968"),
					Map.entry("small", "-2"));
	}

	@Test
	void keepsTheHashOfAnIndexedTextAndReplacesWhatIsNoUtf8() {
		LogDecoder decoder = decoder("Named(string indexed name, string text, bytes data)");
		String data = "0x" + "0".repeat(62) + "40" + "0".repeat(62) + "80" + "0".repeat(63) + "3" + "fffe41"
				+ "0".repeat(58) + "0".repeat(63) + "2" + "cafe" + "0".repeat(60);
		assertThat(decode(decoder, data, decoder.topics().get(0), TRANSFER).arguments()).containsExactly(
				Map.entry("name", TRANSFER), Map.entry("text", "\uFFFD\uFFFDA"), Map.entry("data", "0xcafe"));
	}

	@Test
	void decodesArraysAndTuples() {
		LogDecoder decoder = decoder("Batch(uint256[2] ids, (bool ok, address who)[] items, (uint8, bool) pair)");
		assertThat(decoder.topics()).hasSize(1);
		String data = "0x" + "%064x".formatted(5) + "%064x".formatted(6) + "%064x".formatted(160) + "%064x".formatted(9)
				+ "%064x".formatted(1) + "%064x".formatted(1) + "%064x".formatted(1) + FROM.substring(2);
		assertThat(decode(decoder, data, decoder.topics().get(0)).arguments()).containsExactly(
				Map.entry("ids", List.of("5", "6")),
				Map.entry("items", List.of(Map.of("ok", true, "who", "0x" + "11".repeat(20)))),
				Map.entry("pair", Map.of("0", "9", "1", true)));
	}

	@Test
	void keepsTheHashOfAnIndexedArrayOrStruct() {
		LogDecoder decoder = decoder(
				"Moved(uint256[2] indexed ids, (uint256 a) indexed point, bytes4 indexed kind, " + "uint256[2] sizes)");
		String data = "0x" + "%064x".formatted(5) + "%064x".formatted(6);
		assertThat(decode(decoder, data, decoder.topics().get(0), TRANSFER, FROM, "0xcafecafe" + "0".repeat(56))
			.arguments()).containsExactly(Map.entry("ids", TRANSFER), Map.entry("point", FROM),
					Map.entry("kind", "0xcafecafe"), Map.entry("sizes", List.of("5", "6")));
		LogDecoder anonymous = decoder("Moved(uint8[1] indexed ids) anonymous");
		assertThat(decode(anonymous, "0x", TRANSFER).arguments()).containsExactly(Map.entry("ids", TRANSFER));
	}

	@Test
	void decodesAnAnonymousEvent() {
		LogDecoder decoder = decoder("Secret(address indexed who, uint256 value) anonymous");
		assertThat(decoder.topics()).isEmpty();
		assertThat(decode(decoder, word("05"), FROM).arguments()).containsEntry("value", "5");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0x", "0x12", "0xff",
			"0x0000000000000000000000000000000000000000000000000000000000000001" + "00" })
	void leavesALogAsItIsWhoseDataDoesNotFit(String data) {
		LogDecoder decoder = decoder("Flag(bool on, address who)");
		assertThat(decode(decoder, data, decoder.topics().get(0))).isNull();
	}

	@Test
	void leavesALogAsItIsWhoseAddressIsNone() {
		assertThat(decode(decoder(ERC20), word("01"), TRANSFER, "0x" + "f".repeat(64), TO)).isNull();
		assertThat(decode(decoder(ERC20), word("01"))).isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			Transfer(address indexed from,address indexed to,uint value) | Transfer(address,address,uint256)
			event Transfer ( address  indexed from , address to ) ;      | Transfer(address,address)
			A()                                                          | A()
			A(uint)                                                      | A(uint256)
			A((uint a, (bytes b)[] c)[2] indexed d, tuple(bool e) f)     | A((uint256,(bytes)[])[2],(bool))""")
	void readsSignaturesAsSolidityWritesThem(String text, String canonical) {
		String stripped = text.replace("Transfer (", "Transfer(");
		assertThat(EventSignature.parse(stripped).getCanonicalSignature()).isEqualTo(canonical);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "Transfer", "(uint256)", "A(uint256", "A(uint256))", "A(uint256 a b)", "A(unit)", "A(,)" })
	void refusesWhatIsNoSignature(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EventSignature.parse(text));
	}

	private static LogDecoder decoder(String... signatures) {
		return new LogDecoder(List.of(signatures).stream().<Event<?>>map(EventSignature::parse).toList());
	}

	private static LogDecoder.Decoded decode(LogDecoder decoder, String data, String... topics) {
		return decoder.decode(List.of(topics), data, (address) -> address.toLowerCase(Locale.ROOT));
	}

	private static String word(String end) {
		return "0x" + "0".repeat(64 - end.length()) + end;
	}

}
