package org.megaetl.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A payload as it is shown and exported.
 *
 * @param text the payload as text, or {@code null} if it is not UTF-8
 * @param base64 the payload's bytes if it is not UTF-8, or {@code null} if it is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DeadLetterPayload(@Nullable String text, byte @Nullable [] base64) {

	/**
	 * Returns a payload in the form that shows it best.
	 * @param payload the bytes
	 * @return the payload
	 */
	public static DeadLetterPayload of(byte[] payload) {
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
			return new DeadLetterPayload(text, null);
		}
		catch (CharacterCodingException ex) {
			return new DeadLetterPayload(null, payload);
		}
	}

}
