package org.megaetl.connector.ethereum;

import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;

/**
 * Looks for the first block since a time, by halves.
 */
final class BlockSearch {

	private BlockSearch() {
	}

	/**
	 * Returns the number of the first block that is not older than a time. What the
	 * endpoint has thrown away is the oldest of what there was.
	 * @param seconds the time, in seconds since 1970
	 */
	static long firstBlockSince(RpcEndpoint endpoint, long seconds) {
		RpcReply missing = null;
		long low = 0;
		long high = Header.required(endpoint.call(RpcRequest.BLOCK_BY_NUMBER, "latest", false), "latest").number() + 1;
		long highTime = 0;
		while (low < high) {
			long middle = (low + high) >>> 1;
			RpcReply reply = endpoint.ask(RpcRequest.BLOCK_BY_NUMBER, Hex.quantity(middle), false);
			if (isMissing(reply)) {
				missing = reply;
				low = middle + 1;
				continue;
			}
			Header header = Header.required(reply.orThrow(), String.valueOf(middle));
			if (header.timestamp() < seconds) {
				missing = null;
				low = middle + 1;
			}
			else {
				high = middle;
				highTime = header.timestamp();
			}
		}
		if (missing != null && (highTime == 0 || highTime > seconds)) {
			// the last blocks that it does not have may be wanted as well, or it lags
			// behind the node that has named the newest
			Header.required(missing.orThrow(), String.valueOf(low - 1));
		}
		return low;
	}

	private static boolean isMissing(RpcReply reply) {
		return (reply.error() != null) ? reply.error().isPruned() : reply.orThrow().isNull();
	}

}
