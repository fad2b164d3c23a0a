package org.megaetl.connector.ethereum;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.management.OperatingSystemMXBean;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * How fast a chain is read whose node answers from memory: what remains is this
 * application and the database.
 */
@EnabledIfSystemProperty(named = "ethereum.figures", matches = "true")
class ThroughputTests {

	private static final Logger logger = LoggerFactory.getLogger(ThroughputTests.class);

	private static final String PREFIX = "--mega.connectors.ethereum.inbound.notes.";

	@ParameterizedTest
	@CsvSource({ "50, 5000", "500, 1000", "0, 40000" })
	void readsTheHistoryOfAChain(int logsPerBlock, int blocks) throws Exception {
		try (TestDatabase database = TestDatabase.create(); MemoryNode node = new MemoryNode(logsPerBlock, blocks)) {
			List<String> arguments = new ArrayList<>(List.of("--mega.connectors.ethereum.enabled=true",
					PREFIX + "endpoints=http://127.0.0.1:" + node.server.getAddress().getPort(),
					PREFIX + "transformer=rows", PREFIX + "data=logs", PREFIX + "events[0]=" + Notes.SIGNATURE,
					PREFIX + "start=earliest", PREFIX + "finality=finalized"));
			List.of(database.toProperties()).forEach((property) -> arguments.add("--" + property));
			JdbcClient jdbc = JdbcClient.create(database.dataSource());
			try (ConfigurableApplicationContext application = NotesApplication.run(arguments.toArray(String[]::new))) {
				long warm = awaitBlock(jdbc, blocks / 5);
				long start = System.nanoTime();
				long busy = cpuTime();
				long last = awaitBlock(jdbc, blocks);
				double seconds = (System.nanoTime() - start) / 1e9;
				double used = (cpuTime() - busy) / 1e3;
				assertThat(application.isActive()).isTrue();
				assertThat(jdbc.sql("SELECT COUNT(*) FROM note").query(Long.class).single())
					.isEqualTo((long) logsPerBlock * blocks);
				logger.info(
						"{} logs per block: {} blocks/s, {} logs/s, {} µs of CPU a block with those of the node "
								+ "({} blocks measured)",
						logsPerBlock, Math.round((last - warm) / seconds),
						Math.round((last - warm) * logsPerBlock / seconds), Math.round(used / (last - warm)),
						last - warm);
			}
		}
	}

	private static long cpuTime() {
		return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}

	private static long awaitBlock(JdbcClient jdbc, long block) {
		return await().atMost(Duration.ofMinutes(10))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> jdbc.sql("SELECT position FROM mega_checkpoint WHERE position <> ''")
				.query(String.class)
				.optional()
				.map((position) -> Cursor.parse(position).next())
				.orElse(0L), (next) -> next >= block);
	}

	/**
	 * Makes up its answers from a few texts.
	 */
	private static final class MemoryNode implements AutoCloseable {

		private final HttpServer server;

		private final ExecutorService threads = Executors.newCachedThreadPool();

		private final int blocks;

		private final String bloom;

		private final List<String> logs = new ArrayList<>();

		MemoryNode(int logsPerBlock, int blocks) throws IOException {
			this.blocks = blocks;
			String topic = new LogDecoder(List.of(EventSignature.parse(Notes.SIGNATURE))).topics().get(0);
			String data = "0x" + "%064x".formatted(32) + "%064x".formatted(20) + "6e".repeat(20) + "0".repeat(24);
			for (int i = 0; i < logsPerBlock; i++) {
				this.logs.add("\"address\":\"" + StubChain.CONTRACT + "\",\"topics\":[\"" + topic + "\"],\"data\":\""
						+ data + "\",\"logIndex\":\"0x" + Integer.toHexString(i)
						+ "\",\"transactionIndex\":\"0x0\",\"removed\":false,\"transactionHash\":\"" + StubChain.hash(i)
						+ "\"}");
			}
			List<JsonNode> nodes = this.logs.stream().map((log) -> JsonMapper.shared().readTree("{" + log)).toList();
			this.bloom = Bloom.of(nodes).toString();
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
			this.server.setExecutor(this.threads);
			this.server.createContext("/", this::handle);
			this.server.start();
		}

		private void handle(HttpExchange exchange) throws IOException {
			JsonNode request = JsonMapper.shared().readTree(exchange.getRequestBody());
			StringBuilder answer = new StringBuilder();
			if (request.isArray()) {
				request.forEach((call) -> answer(call, answer.append(answer.isEmpty() ? '[' : ',')));
				answer.append(']');
			}
			else {
				answer(request, answer);
			}
			byte[] body = answer.toString().getBytes(StandardCharsets.US_ASCII);
			exchange.sendResponseHeaders(200, body.length);
			try (OutputStream stream = exchange.getResponseBody()) {
				stream.write(body);
			}
		}

		private void answer(JsonNode call, StringBuilder answer) {
			answer.append("{\"jsonrpc\":\"2.0\",\"id\":").append(call.get("id")).append(",\"result\":");
			JsonNode first = call.path("params").path(0);
			switch (call.get("method").asString()) {
				case "eth_chainId" -> answer.append("\"0x1\"");
				case "eth_getBlockByNumber" -> block(first.asString(), answer);
				default -> logs(first, answer);
			}
			answer.append('}');
		}

		private void block(String tag, StringBuilder answer) {
			int number = tag.startsWith("0x") ? Integer.decode(tag) : this.blocks - 1;
			answer.append("{\"number\":\"0x")
				.append(Integer.toHexString(number))
				.append("\",\"hash\":\"")
				.append(StubChain.hash(number))
				.append("\",\"parentHash\":\"")
				.append(StubChain.hash(number - 1))
				.append("\",\"timestamp\":\"0x1\",\"logsBloom\":\"")
				.append(this.bloom)
				.append("\",\"transactions\":[]}");
		}

		private void logs(JsonNode filter, StringBuilder answer) {
			int to = Integer.decode(filter.get("toBlock").asString());
			String separator = "[";
			for (int number = Integer.decode(filter.get("fromBlock").asString()); number <= to; number++) {
				String block = "{\"blockNumber\":\"0x" + Integer.toHexString(number) + "\",\"blockHash\":\""
						+ StubChain.hash(number) + "\",";
				for (String log : this.logs) {
					answer.append(separator).append(block).append(log);
					separator = ",";
				}
			}
			answer.append(this.logs.isEmpty() ? "[]" : "]");
		}

		@Override
		public void close() {
			this.server.stop(0);
			this.threads.shutdownNow();
		}

	}

}
