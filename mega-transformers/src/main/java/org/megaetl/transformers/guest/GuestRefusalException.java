package org.megaetl.transformers.guest;

/**
 * A guest's own decision to refuse an event: after it, the instance is as good as before.
 */
public class GuestRefusalException extends RuntimeException {

	/**
	 * Creates a new exception.
	 * @param message what the guest says
	 */
	public GuestRefusalException(String message) {
		super(message);
	}

}
