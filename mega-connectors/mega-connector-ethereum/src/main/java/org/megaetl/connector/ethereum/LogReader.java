package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.connector.ethereum.rpc.AnswerLimit;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcErrorException;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import tools.jackson.databind.JsonNode;

/**
 * Reads logs and receipts of blocks that are known by their hash, and checks them against
 * the blocks' bloom filters: a node that lags behind itself answers with nothing.
 */
final class LogReader {

	/** So many blocks of a range are looked at that have no logs but may have some. */
	private static final int MOST_LOOKED_AT = 4;

	private static final String HINT = "; set verify-bloom to false if the chain's filters do not cover all its logs";

	private static final String HINT_WITHOUT_RECEIPTS = "; set verify-bloom to false if no endpoint gives receipts";

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
		if (this.verifyBloom) {
			checkBlooms(headers, logs);
			checkEmpty(endpoint, headers, logs, isFinal);
		}
		return logs;
	}

	private void checkBlooms(List<Header> headers, List<List<JsonNode>> logs) {
		for (int i = 0; i < headers.size(); i++) {
			if (!isCredible(headers.get(i), logs.get(i))) {
				throw new EndpointException("the logs of " + headers.get(i) + " contradict its bloom filter" + HINT);
			}
		}
	}

	/**
	 * Asks receipts whether blocks really have no logs whose bloom filters say that they
	 * may have some.
	 */
	private void checkEmpty(RpcEndpoint endpoint, List<Header> headers, List<List<JsonNode>> logs, boolean isFinal) {
		List<Header> doubtful = new ArrayList<>();
		for (int i = 0; i < headers.size(); i++) {
			Header header = headers.get(i);
			if (logs.get(i).isEmpty() && !this.filter.isEmpty() && this.filter.mayMatch(header.logsBloom())) {
				doubtful.add(header);
			}
		}
		// what is not kept need not fit into memory with the rest
		RpcEndpoint asked = endpoint.within(new AnswerLimit(Long.MAX_VALUE));
		for (Header header : isFinal ? sample(doubtful) : doubtful) {
			if (!receiptsToCheck(asked, header).isEmpty()) {
				throw new EndpointException("it has no logs of " + header + ", but receipts with logs");
			}
		}
	}

	private List<JsonNode> receiptsToCheck(RpcEndpoint endpoint, Header header) {
		try {
			return ofReceipts(endpoint, header);
		}
		catch (RpcErrorException ex) {
			throw ex.with(HINT_WITHOUT_RECEIPTS);
		}
	}

	/**
	 * Chooses which of a range's blocks are looked at: the last, as a node that cuts its
	 * answer leaves out the end, and those whose bloom filters have the fewest bits set,
	 * which hardly contain an address by chance. On a busy chain, a third of all filters
	 * contain it by chance, and the receipts of each block are as long as a thousand
	 * headers.
	 */
	private static List<Header> sample(List<Header> doubtful) {
		if (doubtful.size() <= MOST_LOOKED_AT) {
			return doubtful;
		}
		int last = doubtful.size() - 1;
		List<Header> sample = new ArrayList<>(List.of(doubtful.get(last)));
		doubtful.subList(0, last)
			.stream()
			.sorted(Comparator.comparingInt((header) -> header.logsBloom().bitCount()))
			.limit(MOST_LOOKED_AT - 1)
			.forEach(sample::add);
		return sample;
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
		return found.valueStream().toList();
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
	 * Reads all receipts of a block. A node may not have the method to do that at once,
	 * or not for everybody, in whatever words.
	 * @param hashes the hashes of its transactions, for a node that only gives receipts
	 * one by one; if they are not known, they are asked for
	 */
	List<JsonNode> receipts(RpcEndpoint endpoint, Header header, List<String> hashes) {
		RpcReply reply = endpoint.ask("eth_getBlockReceipts", header.hash());
		List<JsonNode> receipts;
		if (reply.error() != null && !reply.error().isPruned() && !reply.error().isUnknownBlock()) {
			receipts = oneByOne(endpoint, hashes.isEmpty() ? hashes(endpoint, header) : hashes);
		}
		else {
			receipts = array(reply.orThrow());
		}
		requireOf(header, receipts);
		List<JsonNode> logs = new ArrayList<>();
		receipts.forEach((receipt) -> receipt.path("logs").forEach(logs::add));
		if (this.verifyBloom && !Bloom.of(logs).equals(header.logsBloom())) {
			throw new EndpointException("the receipts of " + header + " contradict its bloom filter" + HINT);
		}
		return receipts;
	}

	private static List<String> hashes(RpcEndpoint endpoint, Header header) {
		return endpoint.call("eth_getBlockByHash", header.hash(), false)
			.path("transactions")
			.valueStream()
			.map(JsonNode::asString)
			.toList();
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
