package org.megaetl.transformers.guest;

/**
 * A guest's own decision to refuse an event: after it, the instance is as good as before.
 */
public class GuestRefusalException extends RuntimeException {

	/** Many events may be refused at once. */
	private static final int MOST_CHARACTERS = 4000;

	/**
	 * Creates a new exception.
	 * @param message what the guest says, of which the beginning is kept
	 */
	public GuestRefusalException(String message) {
		super((message.length() > MOST_CHARACTERS) ? message.substring(0, MOST_CHARACTERS) + "…" : message);
	}

}
