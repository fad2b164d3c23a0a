package org.megaetl.connector.ethereum.rpc;

/**
 * A node answered a call with an error.
 */
public class RpcErrorException extends RuntimeException {

	private final transient RpcError error;

	RpcErrorException(RpcError error) {
		super("error " + error.code() + ": " + error.message());
		this.error = error;
	}

	/**
	 * Returns the error.
	 * @return the error
	 */
	public RpcError error() {
		return this.error;
	}

}
