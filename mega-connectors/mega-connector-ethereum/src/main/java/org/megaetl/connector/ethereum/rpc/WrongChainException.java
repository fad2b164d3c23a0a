package org.megaetl.connector.ethereum.rpc;

/**
 * No endpoint is of the chain that is followed: only a person can help.
 */
public class WrongChainException extends RuntimeException {

	/**
	 * Creates an exception.
	 * @param message which chain it is, and which it should be
	 */
	public WrongChainException(String message) {
		super(message);
	}

}
