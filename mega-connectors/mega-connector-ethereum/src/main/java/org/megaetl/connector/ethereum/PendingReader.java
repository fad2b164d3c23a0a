package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Finality;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;

/**
 * Asks which transactions wait for a block.
 */
final class PendingReader {

	private static final Logger logger = LoggerFactory.getLogger(PendingReader.class);

	private final RpcClient client;

	private final Inbound inbound;

	private final TransactionFilter filter;

	private volatile boolean warned;

	PendingReader(RpcClient client, Inbound inbound) {
		this.client = client;
		this.inbound = inbound;
		this.filter = TransactionFilter.of(inbound.from(), inbound.to(), inbound.minValue());
	}

	/**
	 * Returns what is expected to be the next block.
	 * @param cursor where the chain was read to
	 * @return the block, or {@code null} if the endpoint does not say, or does not have
	 * what was read
	 */
	@Nullable PendingBlock pendingBlock(Cursor cursor) throws InterruptedException {
		JsonNode block = this.client.run((endpoint) -> {
			RpcReply reply = endpoint.ask(RpcRequest.BLOCK_BY_NUMBER, "pending", true);
			if (reply.error() != null) {
				return MissingNode.getInstance();
			}
			return isOnBranch(endpoint, cursor) ? reply.orThrow() : NullNode.getInstance();
		});
		if (block.isNull()) {
			return null;
		}
		if (!block.path("number").isString() || !block.path("parentHash").isString()) {
			if (!this.warned) {
				this.warned = true;
				logger.warn("The endpoint does not say which transactions are pending: they are read when they are "
						+ "part of a block");
			}
			return null;
		}
		List<JsonNode> transactions = block.path("transactions")
			.valueStream()
			.filter((transaction) -> transaction.isObject() && this.filter.matches(transaction))
			.toList();
		return new PendingBlock(Hex.number(block, "number"), Hex.text(block, "parentHash"), transactions);
	}

	/**
	 * Where the head is read, the block's parent says it.
	 */
	private boolean isOnBranch(RpcEndpoint endpoint, Cursor cursor) {
		String hash = cursor.parentHash();
		return hash == null || this.inbound.finality() == Finality.LATEST
				|| endpoint.call(RpcRequest.BLOCK_BY_NUMBER, Hex.quantity(cursor.next() - 1), false)
					.path("hash")
					.asString("")
					.equals(hash);
	}

	/**
	 * Returns which transactions are neither pending nor part of a block.
	 */
	List<String> unknownTransactions(List<String> hashes) throws InterruptedException {
		return this.client.run((endpoint) -> {
			List<RpcReply> replies = endpoint
				.call(hashes.stream().map((hash) -> RpcRequest.of("eth_getTransactionByHash", hash)).toList());
			List<String> unknown = new ArrayList<>();
			for (int i = 0; i < hashes.size(); i++) {
				if (replies.get(i).orThrow().isNull()) {
					unknown.add(hashes.get(i));
				}
			}
			return unknown;
		});
	}

}
