package org.megaetl.connector.ethereum;

/**
 * The chain has taken back more than can be undone: only a person can help.
 */
final class DeepReorgException extends RuntimeException {

	DeepReorgException(String message) {
		super(message);
	}

}
