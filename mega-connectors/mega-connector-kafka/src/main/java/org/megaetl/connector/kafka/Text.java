package org.megaetl.connector.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Bytes as text, so that the same bytes can be had again: keys and values of headers are
 * bytes in Kafka and text in an event. What is not UTF-8 becomes a {@code data:} URL (RFC
 * 2397).
 */
final class Text {

	private static final String BINARY = "data:;base64,";

	private Text() {
	}

	static String of(byte[] bytes) {
		if (isAscii(bytes)) {
			return new String(bytes, StandardCharsets.ISO_8859_1);
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			return BINARY + Base64.getEncoder().encodeToString(bytes);
		}
	}

	private static boolean isAscii(byte[] bytes) {
		for (byte each : bytes) {
			if (each < 0) {
				return false;
			}
		}
		return true;
	}

	static byte[] toBytes(String text) {
		if (text.startsWith(BINARY)) {
			try {
				return Base64.getDecoder().decode(text.substring(BINARY.length()));
			}
			catch (IllegalArgumentException ex) {
				// somebody's own text that only begins like that
			}
		}
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
