package org.megaetl.devservices;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a dev service cannot be started or used. The message says what is wrong,
 * {@link #getAction()} what to do about it.
 */
public class DevServiceException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String action;

	DevServiceException(String message, String action) {
		this(message, action, null);
	}

	DevServiceException(String message, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * What a person can do about it.
	 * @return one or more imperative sentences
	 */
	public String getAction() {
		return this.action;
	}

}
