package org.megaetl.connector.ethereum;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.esaulpaugh.headlong.abi.Event;
import com.joemelsha.crypto.hash.Keccak;
import org.megaetl.test.Anvil;

import static java.nio.charset.StandardCharsets.US_ASCII;

/**
 * Logs with a text, on a real node.
 */
final class Notes {

	static final String SIGNATURE = "Note(string note)";

	private static final int PER_BLOCK = 50;

	private final Anvil node;

	private final String contract;

	Notes(Anvil node) {
		this.node = node;
		this.contract = node.deployEmitter(1);
	}

	String contract() {
		return this.contract;
	}

	/**
	 * Sends notes, without making a block of them.
	 */
	void send(String... notes) {
		List<Map<String, String>> transactions = new ArrayList<>();
		for (String note : notes) {
			transactions.add(Map.of("to", this.contract, "data", topic() + encoded(note)));
		}
		this.node.send(transactions);
	}

	/**
	 * Sends a log that does not fit its event, without making a block of it.
	 */
	void sendUnreadable() {
		this.node.send(List.of(Map.of("to", this.contract, "data", topic())));
	}

	/**
	 * Sends notes, in as few blocks as take them.
	 */
	void mine(List<String> notes) {
		for (int i = 0; i < notes.size(); i += PER_BLOCK) {
			send(notes.subList(i, Math.min(notes.size(), i + PER_BLOCK)).toArray(String[]::new));
			this.node.mine(1);
		}
	}

	/**
	 * Makes one block for each note.
	 */
	void mineEach(String... notes) {
		for (String note : notes) {
			send(note);
			this.node.mine(1);
		}
	}

	private static String topic() {
		Event<?> event = EventSignature.parse(SIGNATURE);
		return Hex.of(new Keccak(256).digest(event.getCanonicalSignature().getBytes(US_ASCII)));
	}

	private static String encoded(String note) {
		byte[] text = note.getBytes(StandardCharsets.UTF_8);
		String words = "0".repeat(62) + "20" + "%064x".formatted(text.length) + Hex.of(text).substring(2);
		return words + "0".repeat((64 - words.length() % 64) % 64);
	}

}
