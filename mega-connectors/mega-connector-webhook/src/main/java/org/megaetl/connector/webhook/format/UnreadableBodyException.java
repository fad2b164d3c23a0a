package org.megaetl.connector.webhook.format;

/**
 * A body that no event can be taken from. Its message is for the sender.
 */
public final class UnreadableBodyException extends Exception {

	private static final long serialVersionUID = 1L;

	private final Kind kind;

	UnreadableBodyException(Kind kind, String message) {
		// thrown for what a sender does: a stack trace would tell nothing
		super(message, null, false, false);
		this.kind = kind;
	}

	static UnreadableBodyException malformed(String message) {
		return new UnreadableBodyException(Kind.MALFORMED, message);
	}

	/**
	 * Returns what is wrong.
	 * @return the kind of mistake
	 */
	public Kind kind() {
		return this.kind;
	}

	/**
	 * What can be wrong with a body.
	 */
	public enum Kind {

		/**
		 * It is not what it says it is.
		 */
		MALFORMED,

		/**
		 * It is too large, or has too many events.
		 */
		TOO_LARGE,

		/**
		 * It is of a type or an encoding that is not taken.
		 */
		NOT_SUPPORTED

	}

}
