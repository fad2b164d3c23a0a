package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Reads blocks from one endpoint, once, and believes nothing that contradicts itself.
 */
final class BlockReader {

	/** The root of the trie of no transactions. */
	static final String NO_TRANSACTIONS = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

	private static final String NO_ROOT = "0x" + "0".repeat(64);

	private final Inbound inbound;

	private final TransactionFilter filter;

	private final LogReader logs;

	BlockReader(Inbound inbound, LogFilter filter) {
		this.inbound = inbound;
		this.filter = TransactionFilter.of(inbound.from(), inbound.to(), inbound.minValue());
		this.logs = new LogReader(filter, inbound.verifyBloom());
	}

	/**
	 * Returns the headers of blocks as far as the endpoint has them.
	 */
	static List<Header> headers(RpcEndpoint endpoint, long from, long to) {
		return blocks(endpoint, from, to, false).stream().filter(JsonNode::isObject).map(Header::of).toList();
	}

	/**
	 * Reads blocks.
	 * @param from the number of the first
	 * @param to the number of the last
	 * @param isFinal whether none of them will be taken back
	 * @return all of them, in order, each the parent of the next
	 * @throws EndpointException if the endpoint does not have them, or contradicts itself
	 */
	List<BlockData> read(RpcEndpoint endpoint, long from, long to, boolean isFinal) {
		List<JsonNode> blocks = blocks(endpoint, from, to, this.inbound.data() == Data.TRANSACTIONS);
		List<Header> headers = new ArrayList<>(blocks.size());
		for (int i = 0; i < blocks.size(); i++) {
			Header header = Header.required(blocks.get(i), String.valueOf(from + i));
			if (header.number() != from + i) {
				throw new EndpointException("it was asked for block " + (from + i) + " and gave " + header);
			}
			if (i > 0 && !isChild(header, headers.get(i - 1))) {
				throw new EndpointException(header + " is not the child of " + headers.get(i - 1));
			}
			headers.add(header);
		}
		List<BlockData> all = new ArrayList<>(blocks.size());
		List<List<JsonNode>> logs = (this.inbound.data() == Data.LOGS) ? this.logs.read(endpoint, headers, isFinal)
				: List.of();
		for (int i = 0; i < blocks.size(); i++) {
			JsonNode block = blocks.get(i);
			BlockData read = switch (this.inbound.data()) {
				case BLOCKS -> {
					requireTransactions(headers.get(i), block);
					yield new BlockData(headers.get(i), block, List.of(block), Map.of());
				}
				case LOGS -> new BlockData(headers.get(i), MissingNode.getInstance(), logs.get(i), Map.of());
				case TRANSACTIONS -> transactions(endpoint, headers.get(i), block);
			};
			all.add(read);
		}
		return all;
	}

	static boolean isChild(Header header, Header parent) {
		return header.parentHash().equals(parent.hash());
	}

	private static List<JsonNode> blocks(RpcEndpoint endpoint, long from, long to, boolean whole) {
		return endpoint
			.call(LongStream.rangeClosed(from, to)
				.mapToObj((number) -> RpcRequest.of(RpcRequest.BLOCK_BY_NUMBER, Hex.quantity(number), whole))
				.toList())
			.stream()
			.map(RpcReply::orThrow)
			.toList();
	}

	/**
	 * A node that has a block, but not yet its transactions, says that it has none.
	 */
	private static void requireTransactions(Header header, JsonNode block) {
		JsonNode transactions = block.path("transactions");
		String root = block.path("transactionsRoot").asString(NO_ROOT);
		// some chains have no root
		if (!transactions.isArray()
				|| (transactions.isEmpty() && !root.equals(NO_TRANSACTIONS) && !root.equals(NO_ROOT))) {
			throw new EndpointException("it has " + header + " without its transactions");
		}
	}

	private BlockData transactions(RpcEndpoint endpoint, Header header, JsonNode block) {
		requireTransactions(header, block);
		List<JsonNode> items = new ArrayList<>();
		for (JsonNode transaction : block.path("transactions")) {
			if (!Hex.text(transaction, "blockHash").equals(header.hash())) {
				throw new EndpointException(header + " has a transaction of another block");
			}
			if (this.filter.matches(transaction)) {
				items.add(transaction);
			}
		}
		Map<String, JsonNode> receipts = new HashMap<>();
		if (this.inbound.includeReceipts() && !items.isEmpty()) {
			List<String> hashes = new ArrayList<>();
			block.path("transactions").forEach((transaction) -> hashes.add(Hex.text(transaction, "hash")));
			for (JsonNode receipt : this.logs.receipts(endpoint, header, hashes)) {
				receipts.put(Hex.text(receipt, "transactionHash"), receipt);
			}
			if (!receipts.keySet().containsAll(hashes)) {
				throw new EndpointException(header + " has " + hashes.size() + " transactions, but there are "
						+ receipts.size() + " receipts of it");
			}
		}
		return new BlockData(header, block, items, receipts);
	}

}
