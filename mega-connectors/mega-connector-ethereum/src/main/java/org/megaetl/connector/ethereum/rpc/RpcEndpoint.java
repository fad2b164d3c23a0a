package org.megaetl.connector.ethereum.rpc;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One URL that answers JSON-RPC. It is known by host and port: the rest of the URL may be
 * a key.
 */
public final class RpcEndpoint {

	/**
	 * The most bytes that are answered at once.
	 */
	public static final int MAX_ANSWER = HttpTransport.MAX_ANSWER;

	private static final int PAYLOAD_TOO_LARGE = 413;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final JsonMapper json = JsonMapper.shared();

	private final HttpTransport http;

	private final BatchReplies replies;

	private final String name;

	private final RateLimit limit;

	private final AtomicLong ids;

	private final BatchSize batch;

	private final @Nullable AnswerLimit answers;

	/**
	 * Creates an endpoint.
	 * @param url where it is; user and password in it become HTTP Basic authentication
	 * @param headers sent with each request
	 * @param timeout how long to wait for an answer
	 * @param limit how many calls it may get
	 */
	public RpcEndpoint(URI url, Map<String, String> headers, Duration timeout, RateLimit limit) {
		Secrets secrets = new Secrets(url, headers);
		this.http = new HttpTransport(headers, timeout, secrets);
		this.replies = new BatchReplies(secrets);
		this.name = nameOf(url);
		this.limit = limit;
		this.ids = new AtomicLong();
		this.batch = new BatchSize();
		this.answers = null;
	}

	private RpcEndpoint(RpcEndpoint same, AnswerLimit answers) {
		this.http = same.http;
		this.replies = same.replies;
		this.name = same.name;
		this.limit = same.limit;
		this.ids = same.ids;
		this.batch = same.batch;
		this.answers = answers;
	}

	/**
	 * Returns the same endpoint for calls that belong together. Where too much is
	 * answered to them, an {@link RpcErrorException} says so.
	 * @param answers how much may be answered
	 * @return the endpoint
	 */
	public RpcEndpoint within(AnswerLimit answers) {
		return new RpcEndpoint(this, answers);
	}

	/**
	 * Returns what an endpoint is called: its URL without what may be a key.
	 * @param url where it is
	 * @return host and port
	 */
	public static String nameOf(URI url) {
		return url.getHost() + ((url.getPort() >= 0) ? ":" + url.getPort() : "");
	}

	/**
	 * Returns what the endpoint is called.
	 * @return host and port
	 */
	public String name() {
		return this.name;
	}

	/**
	 * Makes one call.
	 * @param method the method's name
	 * @param params its parameters
	 * @return the result, which may be JSON's null
	 * @throws RpcErrorException if the answer is an error
	 * @throws EndpointException if the endpoint cannot be used just now
	 */
	public JsonNode call(String method, Object... params) {
		return call(List.of(RpcRequest.of(method, params))).get(0).orThrow();
	}

	/**
	 * Makes several calls in as few requests as the endpoint allows.
	 * @param calls the calls
	 * @return what was answered to each, in the order of the calls
	 * @throws EndpointException if the endpoint cannot be used just now, or asks for
	 * fewer calls
	 */
	public List<RpcReply> call(List<RpcRequest> calls) {
		List<RpcReply> replies = new ArrayList<>(calls.size());
		int most = Math.min(this.batch.current(), this.limit.burst());
		boolean refused = false;
		while (replies.size() < calls.size()) {
			int from = replies.size();
			int size = Math.min(most, calls.size() - from);
			List<RpcReply> some = send(calls.subList(from, from + size));
			replies.addAll(some);
			if (some.size() < size) {
				most = Math.max(1, size / 2);
				refused |= some.isEmpty();
			}
			// what fails alone as well was not too much
			else if (some.stream().anyMatch((reply) -> reply.error() == null)) {
				if (refused) {
					this.batch.settle(most);
					refused = false;
				}
				this.batch.accepted(size);
			}
		}
		for (RpcReply reply : replies) {
			if (reply.error() != null && reply.error().isRateLimit()) {
				throw RateLimitException.of(reply.error(), null);
			}
		}
		return replies;
	}

	/**
	 * Sends calls in one request.
	 * @return what was answered to each, or to the first of them if there were too many
	 */
	private List<RpcReply> send(List<RpcRequest> calls) {
		this.limit.await(calls.size());
		Map<Long, Integer> indices = new HashMap<>();
		ArrayNode batch = json.createArrayNode();
		for (int i = 0; i < calls.size(); i++) {
			long id = this.ids.incrementAndGet();
			indices.put(id, i);
			ObjectNode call = batch.addObject();
			call.put("jsonrpc", "2.0").put("id", id).put("method", calls.get(i).method());
			call.set("params", json.valueToTree(calls.get(i).params()));
		}
		HttpTransport.Answer answer = this.http.post((calls.size() == 1) ? batch.get(0) : batch, this.answers);
		JsonNode body = answer.body();
		boolean isTooMany = answer.status() == TOO_MANY_REQUESTS;
		if (body != null && body.isArray()
				&& !(isTooMany && body.valueStream().noneMatch((reply) -> reply.has("result")))) {
			return matched(calls, indices, body);
		}
		RpcError lone = (body != null) ? this.replies.error(body.isArray() ? body.path(0) : body) : null;
		if (isTooMany || (lone != null && lone.isRateLimit())) {
			throw RateLimitException.of((lone != null) ? lone : new RpcError(TOO_MANY_REQUESTS, "too many requests"),
					answer.retryAfter());
		}
		if (calls.size() > 1) {
			// one error instead of a batch says nothing of the calls but that they are
			// too many
			if (answer.status() == PAYLOAD_TOO_LARGE || lone != null) {
				return List.of();
			}
		}
		else if (body != null && body.isObject() && (lone != null || body.has("result"))) {
			if (lone == null && !indices.containsKey(BatchReplies.id(body))) {
				throw new EndpointException("it answered another call");
			}
			return List.of(this.replies.reply(body));
		}
		throw new EndpointException((answer.status() != HttpTransport.OK) ? "it answered with HTTP status " + answer.status()
				: "its answer is not JSON-RPC", answer.retryAfter());
	}

	/**
	 * Returns what was answered to a batch. What is missing is asked for again, alone.
	 */
	private List<RpcReply> matched(List<RpcRequest> calls, Map<Long, Integer> indices, JsonNode batch) {
		List<RpcReply> all = new ArrayList<>(calls.size());
		for (RpcReply reply : this.replies.match(indices, batch)) {
			if (reply == null && calls.size() == 1) {
				throw new EndpointException("it answered a call with nothing");
			}
			int index = all.size();
			all.add((reply != null) ? reply : send(calls.subList(index, index + 1)).get(0));
		}
		return all;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
