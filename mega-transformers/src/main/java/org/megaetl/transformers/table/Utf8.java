package org.megaetl.transformers.table;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Decodes UTF-8 without loss: bytes that are malformed are no text, and not one with
 * U+FFFD in their place.
 */
public final class Utf8 {

	private static final char REPLACEMENT = '\uFFFD';

	private Utf8() {
	}

	/**
	 * Decodes bytes.
	 * @param bytes the bytes
	 * @return the text, or {@code null} if they are not UTF-8
	 */
	public static @Nullable String decode(byte[] bytes) {
		String text = new String(bytes, StandardCharsets.UTF_8);
		// the usual case, in which a decoder that reports would take several times as
		// long
		if (text.indexOf(REPLACEMENT) < 0) {
			return text;
		}
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			return null;
		}
	}

}
