package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.megaetl.connector.ethereum.rpc.StubNode;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A chain of ten blocks, each with one transaction and one log, on a server that may be
 * told to answer otherwise.
 */
final class StubChain implements AutoCloseable {

	static final String CONTRACT = "0x" + "cc".repeat(20);

	static final String TOPIC = "0x" + "77".repeat(32);

	private static final JsonMapper json = JsonMapper.shared();

	private final Map<String, UnaryOperator<Object>> odd = new HashMap<>();

	private final StubNode node = new StubNode(StubNode.calls(this::answer));

	private final Map<Integer, Map<String, Object>> transactions = new HashMap<>();

	private volatile List<String> tags = List.of("safe", "finalized");

	private volatile int callsPerSecond = Integer.MAX_VALUE;

	private long second;

	private int calls;

	/**
	 * Makes the answers to a method odd.
	 * @param answer returns another answer in place of the right one, or that
	 */
	void odd(String method, UnaryOperator<Object> answer) {
		this.odd.put(method, answer);
	}

	/**
	 * Sets fields of the transaction of a block; those that are {@code null} are left
	 * out.
	 */
	void transaction(int block, Map<String, Object> fields) {
		this.transactions.put(block, fields);
	}

	/**
	 * Forgets which blocks are safe or final.
	 */
	void withoutTags() {
		withTags();
	}

	/**
	 * Knows of the blocks that are safe or final only some.
	 */
	void withTags(String... tags) {
		this.tags = List.of(tags);
	}

	/**
	 * Refuses calls when there were as many in a second.
	 */
	void limit(int callsPerSecond) {
		this.callsPerSecond = callsPerSecond;
	}

	private synchronized boolean isRefused() {
		long now = System.nanoTime() / 1_000_000_000;
		this.calls = (now == this.second) ? this.calls + 1 : 1;
		this.second = now;
		return this.calls > this.callsPerSecond;
	}

	StubNode node() {
		return this.node;
	}

	long count(String method) {
		return this.node.requests()
			.stream()
			.flatMap((request) -> request.isArray() ? request.valueStream() : Stream.of(request))
			.filter((call) -> call.get("method").asString().equals(method))
			.count();
	}

	private Object answer(JsonNode call) {
		if (isRefused()) {
			return new Failure(-32007, this.callsPerSecond + "/second request limit reached");
		}
		String method = call.get("method").asString();
		Object answer = right(method, call.get("params"));
		UnaryOperator<Object> other = this.odd.get(method);
		return (other != null) ? other.apply(answer) : answer;
	}

	private Object right(String method, JsonNode params) {
		return switch (method) {
			case "eth_chainId" -> "0x1";
			case "eth_getBlockByNumber" -> block(params.get(0).asString());
			case "eth_getBlockByHash" -> blockWithHashes(numberOf(params.get(0).asString()));
			case "eth_getLogs" -> logs(params.get(0));
			case "eth_getBlockReceipts" -> List.of(receipt(numberOf(params.get(0).asString())));
			case "eth_getTransactionReceipt" -> receipt(Integer.parseInt(params.get(0).asString().substring(60), 16));
			default -> new Failure(-32601, "the method " + method + " does not exist");
		};
	}

	private Object block(String number) {
		if (List.of("safe", "finalized").contains(number) && !this.tags.contains(number)) {
			return new Failure(-39001, "Unknown block");
		}
		if (!number.startsWith("0x")) {
			return block("0x9");
		}
		int block = Integer.decode(number);
		if (block > 9) {
			return json.nullNode();
		}
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("number", number);
		fields.put("hash", hash(block));
		fields.put("parentHash", hash(block - 1));
		fields.put("timestamp", "0x" + Integer.toHexString(1000 + block));
		fields.put("logsBloom", bloom(List.of(log(block))));
		fields.put("transactions", List.of(transaction(block)));
		return fields;
	}

	private Map<String, Object> blockWithHashes(int number) {
		return Map.of("hash", hash(number), "transactions", List.of(transaction(number).get("hash")));
	}

	static String bloom(List<Map<String, Object>> logs) {
		List<JsonNode> nodes = new ArrayList<>();
		logs.forEach((log) -> nodes.add(json.valueToTree(log)));
		return Bloom.of(nodes).toString();
	}

	private Map<String, Object> transaction(int block) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("hash", "0x" + "%064x".formatted(block));
		fields.put("blockHash", hash(block));
		fields.put("transactionIndex", "0x0");
		fields.put("type", "0x2");
		fields.put("from", "0x" + "11".repeat(20));
		fields.put("to", CONTRACT);
		fields.put("value", "0xde0b6b3a7640000");
		fields.put("nonce", "0x0");
		fields.put("gas", "0x5208");
		fields.put("input", "0x");
		fields.putAll(this.transactions.getOrDefault(block, Map.of()));
		fields.values().removeIf((value) -> Objects.equals(value, ""));
		return fields;
	}

	private Map<String, Object> receipt(int block) {
		return Map.of("blockHash", hash(block), "transactionHash", "0x" + "%064x".formatted(block), "gasUsed", "0x5208",
				"status", "0x1", "logs", List.of(log(block)));
	}

	private List<Map<String, Object>> logs(JsonNode filter) {
		List<Map<String, Object>> logs = new ArrayList<>();
		if (filter.has("blockHash")) {
			logs.add(log(numberOf(filter.get("blockHash").asString())));
		}
		else {
			int last = Integer.decode(filter.get("toBlock").asString());
			for (int block = Integer.decode(filter.get("fromBlock").asString()); block <= last; block++) {
				logs.add(log(block));
			}
		}
		JsonNode address = filter.path("address").path(0);
		logs.removeIf((log) -> address.isString() && !address.asString().equals(log.get("address")));
		return logs;
	}

	static Map<String, Object> log(int block) {
		return new LinkedHashMap<>(Map.of("blockHash", hash(block), "transactionHash", "0x" + "%064x".formatted(block),
				"transactionIndex", "0x0", "logIndex", "0x0", "address", CONTRACT, "topics", List.of(TOPIC), "data",
				"0x", "removed", false));
	}

	static String hash(int block) {
		return "0x" + "%064x".formatted(0xb10c00 + block);
	}

	private static int numberOf(String hash) {
		return Integer.parseInt(hash.substring(60), 16) & 0xff;
	}

	@Override
	public void close() {
		this.node.close();
	}

}
