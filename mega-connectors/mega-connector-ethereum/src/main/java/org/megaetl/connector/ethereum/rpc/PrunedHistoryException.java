package org.megaetl.connector.ethereum.rpc;

/**
 * No endpoint has kept the blocks asked for: only a person can help.
 */
public class PrunedHistoryException extends RuntimeException {

	PrunedHistoryException(String message) {
		super(message);
	}

}
