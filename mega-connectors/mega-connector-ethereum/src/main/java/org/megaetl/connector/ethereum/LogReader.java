package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import tools.jackson.databind.JsonNode;

/**
 * Reads logs and receipts of blocks that are known by their hash, and checks them against
 * the blocks' bloom filters: a node that lags behind itself answers with nothing.
 */
final class LogReader {

	private final LogFilter filter;

	private final boolean verifyBloom;

	LogReader(LogFilter filter, boolean verifyBloom) {
		this.filter = filter;
		this.verifyBloom = verifyBloom;
	}

	/**
	 * Reads the logs of blocks that follow each other.
	 * @param isFinal whether the blocks will not be taken back, so that they can be asked
	 * for by number, all at once
	 * @return the logs of each block that pass the filter, in order
	 */
	List<List<JsonNode>> read(RpcEndpoint endpoint, List<Header> headers, boolean isFinal) {
		List<List<JsonNode>> logs = (isFinal && headers.size() > 1) ? readRange(endpoint, headers)
				: readBlocks(endpoint, headers);
		boolean nothing = logs.stream().allMatch(List::isEmpty);
		for (int i = 0; this.verifyBloom && i < headers.size(); i++) {
			Header header = headers.get(i);
			if (!isCredible(header, logs.get(i))) {
				throw new EndpointException("the logs of " + header + " contradict its bloom filter");
			}
			boolean doubtful = logs.get(i).isEmpty() && !this.filter.isEmpty()
					&& this.filter.mayMatch(header.logsBloom());
			// where others of the range were found, an empty block is a false positive of
			// its filter, as there are many on a busy chain
			if (doubtful && (!isFinal || nothing) && !ofReceipts(endpoint, header).isEmpty()) {
				throw new EndpointException("it has no logs of " + header + ", but receipts with logs");
			}
		}
		return logs;
	}

	private boolean isCredible(Header header, List<JsonNode> logs) {
		Bloom bloom = Bloom.of(logs);
		return this.filter.isEmpty() ? bloom.equals(header.logsBloom()) : header.logsBloom().contains(bloom);
	}

	private List<List<JsonNode>> readRange(RpcEndpoint endpoint, List<Header> headers) {
		Header last = headers.get(headers.size() - 1);
		JsonNode found = endpoint.call("eth_getLogs", this.filter.toParameter(
				Map.of("fromBlock", Hex.quantity(headers.get(0).number()), "toBlock", Hex.quantity(last.number()))));
		Map<String, List<JsonNode>> byHash = new HashMap<>();
		headers.forEach((header) -> byHash.put(header.hash(), new ArrayList<>()));
		for (JsonNode log : array(found)) {
			List<JsonNode> logs = byHash.get(Hex.text(log, "blockHash"));
			if (logs == null || log.path("removed").asBoolean(false)) {
				throw new EndpointException("it has a log of a block that it does not have: " + log.path("blockHash"));
			}
			logs.add(log);
		}
		return headers.stream().map((header) -> inOrder(byHash.getOrDefault(header.hash(), List.of()))).toList();
	}

	private List<List<JsonNode>> readBlocks(RpcEndpoint endpoint, List<Header> headers) {
		List<RpcReply> replies = endpoint.call(headers.stream()
			.map((header) -> RpcRequest.of("eth_getLogs", this.filter.toParameter(Map.of("blockHash", header.hash()))))
			.toList());
		List<List<JsonNode>> all = new ArrayList<>(headers.size());
		for (int i = 0; i < headers.size(); i++) {
			Header header = headers.get(i);
			RpcReply reply = replies.get(i);
			if (reply.error() != null && reply.error().isRangeTooLarge()) {
				// one block with more logs than the endpoint gives at once
				all.add(ofReceipts(endpoint, header));
				continue;
			}
			List<JsonNode> logs = inOrder(array(reply.orThrow()));
			requireOf(header, logs);
			all.add(logs);
		}
		return all;
	}

	private static List<JsonNode> inOrder(List<JsonNode> logs) {
		List<JsonNode> sorted = new ArrayList<>(logs);
		sorted.sort(Comparator.comparingLong((log) -> Hex.number(log, "logIndex")));
		for (int i = 1; i < sorted.size(); i++) {
			if (Hex.number(sorted.get(i), "logIndex") == Hex.number(sorted.get(i - 1), "logIndex")) {
				throw new EndpointException("it has a log of a block twice: " + sorted.get(i).path("logIndex"));
			}
		}
		return sorted;
	}

	private static List<JsonNode> array(JsonNode found) {
		if (!found.isArray()) {
			throw new EndpointException("it answered '" + found.getNodeType() + "' where there is a list");
		}
		List<JsonNode> all = new ArrayList<>(found.size());
		found.forEach(all::add);
		return all;
	}

	private static void requireOf(Header header, List<JsonNode> items) {
		for (JsonNode item : items) {
			if (!Hex.text(item, "blockHash").equals(header.hash()) || item.path("removed").asBoolean(false)) {
				throw new EndpointException("it was asked for " + header + " and gave something of block "
						+ item.path("blockHash").asString());
			}
		}
	}

	private List<JsonNode> ofReceipts(RpcEndpoint endpoint, Header header) {
		List<JsonNode> logs = new ArrayList<>();
		for (JsonNode receipt : receipts(endpoint, header, List.of())) {
			receipt.path("logs").forEach((log) -> {
				if (this.filter.matches(log)) {
					logs.add(log);
				}
			});
		}
		return inOrder(logs);
	}

	/**
	 * Reads all receipts of a block.
	 * @param hashes the hashes of its transactions, for a node that only gives receipts
	 * one by one; if they are not known, they are asked for
	 */
	List<JsonNode> receipts(RpcEndpoint endpoint, Header header, List<String> hashes) {
		RpcReply reply = endpoint.call(List.of(RpcRequest.of("eth_getBlockReceipts", header.hash()))).get(0);
		List<JsonNode> receipts;
		if (reply.error() != null
				&& (reply.error().isMethodMissing() || reply.error().isInvalid() || reply.error().isRangeTooLarge())) {
			receipts = oneByOne(endpoint, hashes.isEmpty() ? hashes(endpoint, header) : hashes);
		}
		else {
			receipts = array(reply.orThrow());
		}
		requireOf(header, receipts);
		List<JsonNode> logs = new ArrayList<>();
		receipts.forEach((receipt) -> receipt.path("logs").forEach(logs::add));
		if (this.verifyBloom && !Bloom.of(logs).equals(header.logsBloom())) {
			throw new EndpointException("the receipts of " + header + " contradict its bloom filter");
		}
		return receipts;
	}

	private static List<String> hashes(RpcEndpoint endpoint, Header header) {
		List<String> hashes = new ArrayList<>();
		endpoint.call("eth_getBlockByHash", header.hash(), false)
			.path("transactions")
			.forEach((hash) -> hashes.add(hash.asString()));
		return hashes;
	}

	private static List<JsonNode> oneByOne(RpcEndpoint endpoint, List<String> hashes) {
		List<JsonNode> receipts = new ArrayList<>(hashes.size());
		for (RpcReply reply : endpoint
			.call(hashes.stream().map((hash) -> RpcRequest.of("eth_getTransactionReceipt", hash)).toList())) {
			JsonNode receipt = reply.orThrow();
			if (!receipt.isObject()) {
				throw new EndpointException("it has a transaction, but not its receipt");
			}
			receipts.add(receipt);
		}
		return receipts;
	}

}
