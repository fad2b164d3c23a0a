package org.megaetl.connector.webhook;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.format.JsonText;
import org.megaetl.connector.webhook.format.UnreadableBodyException;
import tools.jackson.core.JsonPointer;

/**
 * Slack's question whether an address is ours, asked once when it is registered.
 */
final class SlackHandshake {

	private static final JsonPointer TYPE = JsonPointer.compile("/type");

	private static final JsonPointer CHALLENGE = JsonPointer.compile("/challenge");

	private SlackHandshake() {
	}

	static boolean isQuestion(byte[] body) {
		// slash commands are forms
		return body.length > 0 && body[0] == '{' && "url_verification".equals(scalar(body, TYPE));
	}

	/**
	 * Returns what Slack wants to hear.
	 */
	static Answer answer(byte[] question) {
		String challenge = scalar(question, CHALLENGE);
		return Answer.text(((challenge != null) ? challenge : "").getBytes(StandardCharsets.UTF_8));
	}

	private static @Nullable String scalar(byte[] body, JsonPointer pointer) {
		try {
			return JsonText.scalar(body, pointer);
		}
		catch (UnreadableBodyException ex) {
			// whoever reads the event finds that out as well
			return null;
		}
	}

}
