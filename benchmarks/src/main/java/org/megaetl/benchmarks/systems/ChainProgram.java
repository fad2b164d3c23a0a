package org.megaetl.benchmarks.systems;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;

import com.joemelsha.crypto.hash.Keccak;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An Ethereum node with a chain whose blocks are all alike: it makes up its answers from
 * a few texts.
 */
public final class ChainProgram {

	/** The event of all logs. */
	public static final String EVENT = "Note(string note)";

	private static final String CONTRACT = "0x" + "cc".repeat(20);

	private static final int BLOOM = 256;

	private final int blocks;

	private final String bloom;

	private final List<String> logs = new ArrayList<>();

	private ChainProgram(int blocks, int logsPerBlock) {
		this.blocks = blocks;
		byte[] topic = new Keccak(256).digest("Note(string)".getBytes(StandardCharsets.US_ASCII));
		String data = "0x" + "%064x".formatted(32) + "%064x".formatted(20) + "6e".repeat(20) + "0".repeat(24);
		for (int i = 0; i < logsPerBlock; i++) {
			this.logs.add("\"address\":\"" + CONTRACT + "\",\"topics\":[\"" + hex(topic) + "\"],\"data\":\"" + data
					+ "\",\"logIndex\":\"0x" + Integer.toHexString(i)
					+ "\",\"transactionIndex\":\"0x0\",\"removed\":false,\"transactionHash\":\"" + hash(i) + "\"}");
		}
		byte[] bits = new byte[BLOOM];
		if (logsPerBlock > 0) {
			setBits(bits, topic);
			byte[] contract = new byte[20];
			Arrays.fill(contract, (byte) 0xcc);
			setBits(bits, contract);
		}
		this.bloom = hex(bits);
	}

	/**
	 * Runs the node until it is ended.
	 * @param args its port, the number of blocks, the number of logs in each
	 * @throws IOException if it cannot listen
	 */
	public static void main(String[] args) throws IOException {
		ChainProgram chain = new ChainProgram(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
		HttpServer server = HttpServer
			.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 0);
		server.setExecutor(Executors.newCachedThreadPool());
		server.createContext("/", chain::handle);
		server.start();
	}

	/**
	 * Enters a value into a filter as the yellow paper says (4.3.1).
	 */
	private static void setBits(byte[] bloom, byte[] value) {
		byte[] hash = new Keccak(256).digest(value);
		for (int i = 0; i < 6; i += 2) {
			int bit = ((hash[i] & 0x07) << 8) | (hash[i + 1] & 0xff);
			bloom[BLOOM - 1 - bit / 8] |= (byte) (1 << (bit % 8));
		}
	}

	private static String hex(byte[] bytes) {
		StringBuilder text = new StringBuilder("0x");
		for (byte each : bytes) {
			text.append("%02x".formatted(each));
		}
		return text.toString();
	}

	private static String hash(int number) {
		return "0x" + "%064x".formatted(0xb10c00 + number);
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
			.append(hash(number))
			.append("\",\"parentHash\":\"")
			.append(hash(number - 1))
			.append("\",\"timestamp\":\"0x1\",\"logsBloom\":\"")
			.append(this.bloom)
			.append("\",\"transactions\":[]}");
	}

	private void logs(JsonNode filter, StringBuilder answer) {
		int to = Integer.decode(filter.get("toBlock").asString());
		String separator = "[";
		for (int number = Integer.decode(filter.get("fromBlock").asString()); number <= to; number++) {
			String block = "{\"blockNumber\":\"0x" + Integer.toHexString(number) + "\",\"blockHash\":\"" + hash(number)
					+ "\",";
			for (String log : this.logs) {
				answer.append(separator).append(block).append(log);
				separator = ",";
			}
		}
		answer.append(this.logs.isEmpty() ? "[]" : "]");
	}

}
