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
	 * Returns the same with more words.
	 * @param hint what may be done about it
	 * @return the exception
	 */
	public RpcErrorException with(String hint) {
		return new RpcErrorException(new RpcError(this.error.code(), this.error.message() + hint));
	}

	/**
	 * Returns the error.
	 * @return the error
	 */
	public RpcError error() {
		return this.error;
	}

}
