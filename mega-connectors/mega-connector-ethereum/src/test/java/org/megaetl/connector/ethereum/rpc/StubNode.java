package org.megaetl.connector.ethereum.rpc;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server that answers JSON-RPC as a test says.
 */
public final class StubNode implements AutoCloseable {

	private static final JsonMapper json = JsonMapper.shared();

	private final HttpServer server;

	private final CountDownLatch end = new CountDownLatch(1);

	private volatile Function<JsonNode, Answer> answers;

	private final List<JsonNode> requests = new CopyOnWriteArrayList<>();

	private final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();

	private final List<String> paths = new CopyOnWriteArrayList<>();

	public StubNode(Function<JsonNode, Answer> answers) {
		this.answers = answers;
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.setExecutor(Executors.newCachedThreadPool());
		this.server.createContext("/", this::handle);
		this.server.start();
	}

	/**
	 * Answers each call with what a function returns: its result, or an error if that has
	 * a code and a message.
	 */
	public static Function<JsonNode, Answer> calls(Function<JsonNode, Object> results) {
		return (request) -> {
			if (!request.isArray()) {
				return Answer.ok(reply(request, results.apply(request)));
			}
			StringBuilder batch = new StringBuilder("[");
			for (JsonNode call : request) {
				batch.append((batch.length() > 1) ? "," : "").append(reply(call, results.apply(call)));
			}
			return Answer.ok(batch.append(']').toString());
		};
	}

	public static String reply(JsonNode call, Object result) {
		return "{\"jsonrpc\":\"2.0\",\"id\":" + call.get("id") + ((result instanceof Failure failure)
				? ",\"error\":" + json.writeValueAsString(failure) : ",\"result\":" + json.writeValueAsString(result))
				+ "}";
	}

	public void answer(Function<JsonNode, Answer> answers) {
		this.answers = answers;
	}

	private void handle(HttpExchange exchange) throws IOException {
		JsonNode request = json.readTree(exchange.getRequestBody());
		this.requests.add(request);
		this.paths.add(exchange.getRequestURI().toString());
		this.headers.add(Map.copyOf(exchange.getRequestHeaders()));
		// as servers do that share their port with WebSockets
		Answer answer = exchange.getRequestHeaders().containsKey("Upgrade") ? Answer.status(400, "")
				: this.answers.apply(request);
		byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
		answer.headers().forEach(exchange.getResponseHeaders()::set);
		exchange.sendResponseHeaders(answer.status(),
				answer.isHalf() ? body.length * 2 : (body.length > 0) ? body.length : -1);
		try (OutputStream stream = exchange.getResponseBody()) {
			stream.write(body);
			if (answer.isHalf()) {
				stream.flush();
				awaitEnd();
			}
		}
	}

	private void awaitEnd() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	public List<JsonNode> requests() {
		return this.requests;
	}

	List<Map<String, List<String>>> headers() {
		return this.headers;
	}

	/**
	 * Returns what was asked for, path and query as they were sent.
	 */
	List<String> paths() {
		return this.paths;
	}

	public URI url() {
		return url("");
	}

	URI url(String userInfo) {
		return URI.create("http://" + userInfo + "127.0.0.1:" + this.server.getAddress().getPort());
	}

	@Override
	public void close() {
		this.end.countDown();
		this.server.stop(0);
	}

	/**
	 * What the server answers to a request.
	 */
	public record Answer(int status, Map<String, String> headers, String body, boolean isHalf) {

		public static Answer ok(String body) {
			return new Answer(200, Map.of(), body, false);
		}

		/**
		 * Returns half an answer, of which the rest does not come until the server is
		 * closed.
		 */
		public static Answer half(String body) {
			return new Answer(200, Map.of(), body, true);
		}

		public static Answer status(int status, String body, String... headers) {
			return new Answer(status, (headers.length > 0) ? Map.of(headers[0], headers[1]) : Map.of(), body, false);
		}

	}

	/**
	 * An error in place of a result.
	 */
	public record Failure(int code, String message) {

	}

}
