package org.megaetl.connector.ethereum.rpc;

import java.util.List;

/**
 * One call of a method.
 *
 * @param method the method's name
 * @param params its parameters, as Jackson writes them
 */
public record RpcRequest(String method, List<?> params) {

	/**
	 * Returns a call.
	 * @param method the method's name
	 * @param params its parameters
	 * @return the call
	 */
	public static RpcRequest of(String method, Object... params) {
		return new RpcRequest(method, List.of(params));
	}

}
