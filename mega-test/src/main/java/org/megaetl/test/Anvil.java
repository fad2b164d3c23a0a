package org.megaetl.test;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.megaetl.devservices.FreePort;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Ethereum node for tests: a chain of its own, whose blocks are made when the test
 * says so, and taken back likewise. It ends with this JVM at the latest. The program is
 * not a Maven artifact: it is looked for in {@code config/anvil/node_modules}, where npm
 * puts it, and on the {@code PATH}.
 */
public final class Anvil implements AutoCloseable {

	private static final JsonMapper json = JsonMapper.shared();

	/** The shell outlives a JVM that is killed by just long enough to end the node. */
	private static final String END_WITH_PARENT = "\"$@\" >/dev/null 2>&1 </dev/null & node=$!; "
			+ "cat >/dev/null; kill $node";

	private final HttpClient http = HttpClient.newHttpClient();

	private final Process process;

	private final URI url;

	private Anvil(Process process, URI url) {
		this.process = process;
		this.url = url;
	}

	/**
	 * Starts a node that makes no block by itself.
	 * @param args further arguments, such as {@code --slots-in-an-epoch}
	 * @return the running node
	 * @throws TestAbortedException if there is no such program, unless {@code CI} is
	 * {@code true}
	 */
	public static Anvil start(String... args) {
		return startAt(FreePort.find(), args);
	}

	/**
	 * Starts a node at a port.
	 * @param port the port
	 * @param args further arguments
	 * @return the running node
	 */
	public static Anvil startAt(int port, String... args) {
		List<String> command = new ArrayList<>(List.of("sh", "-c", END_WITH_PARENT, "anvil", program().toString(),
				"--port", String.valueOf(port), "--no-mining", "--order", "fifo", "--silent"));
		command.addAll(Arrays.asList(args));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			Anvil anvil = new Anvil(process, URI.create("http://127.0.0.1:" + port));
			Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> anvil.head() >= 0);
			return anvil;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The Ethereum node cannot be started: " + command, ex);
		}
	}

	private static Path program() {
		List<Path> directories = new ArrayList<>();
		for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
			directories.addAll(binaries(path.resolve("config/anvil/node_modules/@foundry-rs")));
		}
		Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
			.filter((path) -> !path.isEmpty())
			.map(Path::of)
			.forEach(directories::add);
		return directories.stream()
			.map((directory) -> directory.resolve("anvil"))
			.filter(Files::isExecutable)
			.findFirst()
			.orElseThrow(() -> missing("There is no Ethereum node to test with. Install it: npm install "
					+ "--no-package-lock --ignore-scripts --prefix config/anvil"));
	}

	private static List<Path> binaries(Path modules) {
		if (!Files.isDirectory(modules)) {
			return List.of();
		}
		try (Stream<Path> packages = Files.list(modules)) {
			return packages.map((module) -> module.resolve("bin")).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static RuntimeException missing(String message) {
		return "true".equals(System.getenv("CI")) ? new IllegalStateException(message)
				: new TestAbortedException(message);
	}

	/**
	 * Returns where the node listens.
	 * @return its URL
	 */
	public URI url() {
		return this.url;
	}

	/**
	 * Calls a method.
	 * @param method the method's name
	 * @param params its parameters
	 * @return the result
	 */
	public JsonNode call(String method, Object... params) {
		return calls(List.of(Map.of("jsonrpc", "2.0", "id", 1, "method", method, "params", params))).get(0);
	}

	private List<JsonNode> calls(List<Map<String, Object>> calls) {
		HttpRequest request = HttpRequest.newBuilder(this.url)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(calls)))
			.build();
		try {
			JsonNode replies = json.readTree(this.http.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
			List<JsonNode> results = new ArrayList<>();
			for (JsonNode reply : replies) {
				if (!reply.has("result")) {
					throw new IllegalStateException("The node refused " + calls + ": " + reply);
				}
				results.add(reply.get("result"));
			}
			return results;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for the node", ex);
		}
	}

	/**
	 * Returns the number of the latest block.
	 * @return the number
	 */
	public long head() {
		return Long.decode(call("eth_blockNumber").asString());
	}

	/**
	 * Returns the hash of a block.
	 * @param number the block's number
	 * @return its hash
	 */
	public String hash(long number) {
		return call("eth_getBlockByNumber", "0x" + Long.toHexString(number), false).path("hash").asString();
	}

	/**
	 * Makes blocks; the first has what was sent.
	 * @param blocks how many
	 */
	public void mine(int blocks) {
		call("anvil_mine", "0x" + Integer.toHexString(blocks));
	}

	/**
	 * Takes back blocks: the next ones are made from there on, and are others.
	 * @param depth how many
	 */
	public void rollback(int depth) {
		call("anvil_rollback", depth);
	}

	/**
	 * Sends transactions of one account, which wait for the next block.
	 * @param transactions for each its fields but {@code from}
	 * @return their hashes
	 */
	public List<String> send(List<Map<String, String>> transactions) {
		String from = call("eth_accounts").get(0).asString();
		List<Map<String, Object>> calls = new ArrayList<>();
		for (Map<String, String> transaction : transactions) {
			Map<String, String> fields = new LinkedHashMap<>(transaction);
			fields.put("from", from);
			fields.putIfAbsent("gas", "0x30d40");
			calls.add(Map.of("jsonrpc", "2.0", "id", calls.size(), "method", "eth_sendTransaction", "params",
					List.of(fields)));
		}
		return calls(calls).stream().map(JsonNode::asString).toList();
	}

	/**
	 * Deploys, in a block of its own, a contract that emits a log for each call: the
	 * first words of the input are the topics, the rest is the data.
	 * @param topics how many topics the logs have
	 * @return the contract's address
	 */
	public String deployEmitter(int topics) {
		String all = "%02x".formatted(32 * topics);
		StringBuilder code = new StringBuilder("60" + all + "3603" + "60" + all + "5f37");
		for (int i = topics - 1; i >= 0; i--) {
			code.append("60%02x35".formatted(32 * i));
		}
		code.append("60" + all + "36035fa%d00".formatted(topics));
		String hash = send(List.of(Map.of("data", "0x60%02x8060095f395ff3".formatted(code.length() / 2) + code)))
			.get(0);
		mine(1);
		return call("eth_getTransactionReceipt", hash).path("contractAddress").asString();
	}

	/**
	 * Ends the node.
	 */
	@Override
	public void close() {
		this.process.children().forEach(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly().onExit().join();
	}

}
