package org.megaetl.connector.ethereum;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.AddressCase;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.rpc.RateLimit;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import org.megaetl.connector.ethereum.rpc.StubNode;
import org.megaetl.connector.ethereum.rpc.StubNode.Answer;
import org.megaetl.event.Event;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The exchanges that ethereum/execution-apis has recorded.
 */
class ExecutionApisTests {

	private static final JsonMapper json = JsonMapper.shared();

	private final StubNode node = new StubNode((request) -> Answer.ok(""));

	@AfterEach
	void close() {
		this.node.close();
	}

	static List<Exchange> exchanges() throws IOException {
		List<Exchange> exchanges = new ArrayList<>();
		for (Resource file : new PathMatchingResourcePatternResolver()
			.getResources("classpath:execution-apis/*/*.io")) {
			List<String> lines = file.getContentAsString(StandardCharsets.UTF_8).lines().toList();
			for (int i = 1; i < lines.size(); i++) {
				if (lines.get(i).startsWith("<< ")) {
					exchanges.add(new Exchange(Objects.requireNonNull(file.getFilename()),
							json.readTree(lines.get(i - 1).substring(3)), json.readTree(lines.get(i).substring(3))));
				}
			}
		}
		assertThat(exchanges).hasSizeGreaterThan(40);
		return exchanges;
	}

	static Stream<Exchange> exchangesOf(String... methods) throws IOException {
		return exchanges().stream()
			.filter((exchange) -> List.of(methods).contains(exchange.request().get("method").asString())
					&& exchange.response().path("result").isContainer());
	}

	static Stream<Exchange> blocks() throws IOException {
		return exchangesOf("eth_getBlockByNumber", "eth_getBlockByHash");
	}

	static Stream<Exchange> transactions() throws IOException {
		return exchangesOf("eth_getTransactionByHash");
	}

	static Stream<Exchange> receipts() throws IOException {
		return exchangesOf("eth_getTransactionReceipt", "eth_getBlockReceipts");
	}

	static Stream<Exchange> logs() throws IOException {
		return exchangesOf("eth_getLogs");
	}

	@ParameterizedTest
	@MethodSource("exchanges")
	void asksAsIsRecordedAndTakesWhatIsAnswered(Exchange exchange) {
		this.node.answer((request) -> Answer
			.ok(exchange.response().toString().replaceFirst("\"id\":\\d+", "\"id\":" + request.get("id"))));
		List<Object> params = new ArrayList<>();
		exchange.request().path("params").forEach(params::add);
		RpcReply reply = new RpcEndpoint(this.node.url(), Map.of(), Duration.ofSeconds(20), RateLimit.none())
			.call(List.of(new RpcRequest(exchange.request().get("method").asString(), params)))
			.get(0);
		JsonNode sent = this.node.requests().get(0);
		assertThat(sent.get("params").valueStream().toList()).isEqualTo(params);
		assertThat(sent.get("jsonrpc").asString()).isEqualTo("2.0");
		if (exchange.response().has("error")) {
			assertThat(reply.error()).isNotNull();
			assertThat(reply.error().code()).isEqualTo(exchange.response().at("/error/code").asInt());
		}
		else {
			assertThat(reply.result()).isEqualTo(exchange.response().get("result"));
		}
	}

	@ParameterizedTest
	@MethodSource("blocks")
	void readsBlocks(Exchange exchange) {
		JsonNode block = exchange.response().get("result");
		Header header = Header.of(block);
		Block read = Block.of(events(Data.BLOCKS, new BlockData(header, block, List.of(block), Map.of())).get(0));
		assertThat(read.hash()).isEqualTo(block.get("hash").asString());
		assertThat(read.transactionCount()).isEqualTo(block.get("transactions").size());
		List<JsonNode> whole = block.get("transactions").valueStream().filter(JsonNode::isObject).toList();
		assertThat(events(Data.TRANSACTIONS, new BlockData(header, block, whole, Map.of()))).hasSize(whole.size());
	}

	@ParameterizedTest
	@MethodSource("transactions")
	void readsTransactions(Exchange exchange) {
		JsonNode transaction = exchange.response().get("result");
		Header header = new Header(Hex.number(transaction, "blockNumber"), Hex.text(transaction, "blockHash"), "", 0,
				Bloom.of(List.of()));
		Transaction read = Transaction
			.of(events(Data.TRANSACTIONS, new BlockData(header, transaction, List.of(transaction), Map.of())).get(0));
		assertThat(read.type()).isEqualTo(Integer.decode(transaction.get("type").asString()));
		assertThat(read.to() == null).isEqualTo(transaction.get("to").isNull());
		assertThat(read.maxFeePerGas() != null).isEqualTo(transaction.has("maxFeePerGas"));
	}

	@Test
	void allTypesOfTransactionsAreRecorded() throws IOException {
		assertThat(transactions().map((exchange) -> exchange.response().at("/result/type").asString()).distinct())
			.containsExactlyInAnyOrder("0x0", "0x1", "0x2", "0x3", "0x4");
	}

	@ParameterizedTest
	@MethodSource("receipts")
	void computesTheBloomFiltersOfReceipts(Exchange exchange) {
		JsonNode result = exchange.response().get("result");
		for (JsonNode receipt : result.isArray() ? result.valueStream().toList() : List.of(result)) {
			List<JsonNode> logs = receipt.get("logs").valueStream().toList();
			assertThat(Bloom.of(logs)).isEqualTo(Bloom.of(receipt.get("logsBloom").asString()));
		}
	}

	@ParameterizedTest
	@MethodSource("logs")
	void readsLogsAndFiltersThemAsTheNodeDoes(Exchange exchange) {
		JsonNode filter = exchange.request().at("/params/0");
		List<List<String>> topics = filter.path("topics")
			.valueStream()
			.map((place) -> place.isArray() ? place.valueStream().map(JsonNode::asString).toList()
					: place.isNull() ? List.<String>of() : List.of(place.asString()))
			.toList();
		List<String> addresses = filter.path("address").isArray()
				? filter.get("address").valueStream().map(JsonNode::asString).toList() : List.of();
		LogFilter own = new LogFilter(addresses, topics);
		Map<String, List<JsonNode>> byBlock = new HashMap<>();
		for (JsonNode log : exchange.response().get("result")) {
			assertThat(own.matches(log)).isTrue();
			assertThat(own.mayMatch(Bloom.of(List.of(log)))).isTrue();
			byBlock.computeIfAbsent(Hex.text(log, "blockHash"), (hash) -> new ArrayList<>()).add(log);
		}
		byBlock.forEach((hash, logs) -> {
			Header header = new Header(Hex.number(logs.get(0), "blockNumber"), hash, "", 0, Bloom.of(logs));
			List<Event> events = events(Data.LOGS, new BlockData(header, logs.get(0), logs, Map.of()));
			assertThat(events).extracting((event) -> Log.of(event).blockHash()).containsOnly(hash);
		});
	}

	private static List<Event> events(Data data, BlockData block) {
		return new EventFactory("test", data, AddressCase.LOWER, new LogDecoder(List.of())).events(block, "1");
	}

	/**
	 * A request and its response.
	 */
	record Exchange(String file, JsonNode request, JsonNode response) {

		@Override
		public String toString() {
			return this.file;
		}

	}

}
