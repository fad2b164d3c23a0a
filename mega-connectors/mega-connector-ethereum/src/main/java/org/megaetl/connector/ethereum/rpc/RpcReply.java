package org.megaetl.connector.ethereum.rpc;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a node answered to one call.
 *
 * @param result the result, which may be JSON's null; {@code null} if there is an error
 * @param error the error, or {@code null} if there is a result
 */
public record RpcReply(@Nullable JsonNode result, @Nullable RpcError error) {

	/**
	 * Returns the result.
	 * @return the result, which may be JSON's null
	 * @throws RpcErrorException if there is an error instead
	 */
	public JsonNode orThrow() {
		if (this.result == null) {
			throw new RpcErrorException((this.error != null) ? this.error : RpcError.NONE);
		}
		return this.result;
	}

}
