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
	 * The method that gives a block by its number or tag.
	 */
	public static final String BLOCK_BY_NUMBER = "eth_getBlockByNumber";

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
