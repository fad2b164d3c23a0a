package org.megaetl.connector.ethereum.rpc;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.rpc.BatchReplies.Call;
import org.megaetl.connector.ethereum.rpc.BatchReplies.Replies;
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

	/** What is to wait longer is to wait where nobody is kept from other endpoints. */
	private static final Duration MAX_PAUSE = Duration.ofSeconds(2);

	/** So often calls are refused before nothing of them can be done. */
	private static final int PATIENCE = 3;

	private static final JsonMapper json = JsonMapper.shared();

	private final HttpTransport http;

	private final BatchReplies replies;

	private final String name;

	private final RateLimit limit;

	private final AtomicLong ids;

	private final BatchSize batch;

	private final @Nullable AnswerLimit answers;

	private final boolean patient;

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
		this.patient = false;
	}

	private RpcEndpoint(RpcEndpoint same, @Nullable AnswerLimit answers, boolean patient) {
		this.http = same.http;
		this.replies = same.replies;
		this.name = same.name;
		this.limit = same.limit;
		this.ids = same.ids;
		this.batch = same.batch;
		this.answers = answers;
		this.patient = patient;
	}

	/**
	 * Returns the same endpoint for calls that belong together. Where too much is
	 * answered to them, an {@link RpcErrorException} says so.
	 * @param answers how much may be answered
	 * @return the endpoint
	 */
	public RpcEndpoint within(AnswerLimit answers) {
		return new RpcEndpoint(this, answers, this.patient);
	}

	/**
	 * Returns the same endpoint for whoever has no other: what was answered is kept where
	 * it asks for fewer calls, and only the others are made again, a little later.
	 */
	RpcEndpoint patient() {
		return new RpcEndpoint(this, this.answers, true);
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
	 * Makes one call.
	 * @param method the method's name
	 * @param params its parameters
	 * @return the result, which may be JSON's null
	 * @throws RpcErrorException if the answer is an error
	 * @throws EndpointException if the endpoint cannot be used just now
	 */
	public JsonNode call(String method, Object... params) {
		return ask(method, params).orThrow();
	}

	/**
	 * Makes one call whose answer may well be an error.
	 * @param method the method's name
	 * @param params its parameters
	 * @return what was answered
	 * @throws EndpointException if the endpoint cannot be used just now
	 */
	public RpcReply ask(String method, Object... params) {
		return call(List.of(RpcRequest.of(method, params))).get(0);
	}

	/**
	 * Makes several calls in as few requests as the endpoint allows.
	 * @param calls the calls
	 * @return what was answered to each, in the order of the calls
	 * @throws EndpointException if the endpoint cannot be used just now, or asks for
	 * fewer calls
	 */
	public List<RpcReply> call(List<RpcRequest> calls) {
		NavigableMap<Integer, RpcReply> all = new TreeMap<>();
		List<Integer> open = new ArrayList<>(IntStream.range(0, calls.size()).boxed().toList());
		int most = this.batch.current();
		boolean refused = false;
		int inVain = 0;
		while (!open.isEmpty()) {
			int size = Math.min(Math.min(most, this.limit.burst()), open.size());
			List<Integer> indices = List.copyOf(open.subList(0, size));
			Replies some = send(indices.stream().map(calls::get).toList());
			some.byIndex().forEach((index, reply) -> all.put(indices.get(index), reply));
			open.removeAll(all.keySet());
			int answered = some.byIndex().size();
			RateLimitException refusal = some.refusal();
			if (refusal != null) {
				inVain = (answered > 0) ? 0 : inVain + 1;
				if (!isToBeAskedAgain(refusal, inVain)) {
					throw refusal;
				}
			}
			else if (answered < size) {
				most = Math.max(1, size / 2);
				refused |= answered == 0;
			}
			// what fails alone as well was not too much
			else if (some.byIndex().values().stream().anyMatch((reply) -> reply.error() == null)) {
				if (refused) {
					this.batch.settle(most);
					refused = false;
				}
				this.batch.accepted(size);
			}
		}
		return List.copyOf(all.values());
	}

	private boolean isToBeAskedAgain(RateLimitException refusal, int inVain) {
		return this.patient && inVain < PATIENCE && isShort(refusal.retryAfter());
	}

	private static boolean isShort(@Nullable Duration pause) {
		return pause == null || pause.compareTo(MAX_PAUSE) <= 0;
	}

	/**
	 * Sends calls in one request.
	 */
	private Replies send(List<RpcRequest> calls) {
		this.limit.await(calls.size());
		Map<Long, Call> byId = new HashMap<>();
		ArrayNode request = json.createArrayNode();
		for (int i = 0; i < calls.size(); i++) {
			long id = this.ids.incrementAndGet();
			byId.put(id, new Call(i, calls.get(i)));
			ObjectNode call = request.addObject();
			call.put("jsonrpc", "2.0").put("id", id).put("method", calls.get(i).method());
			call.set("params", json.valueToTree(calls.get(i).params()));
		}
		Replies replies = this.replies.read(byId,
				this.http.post((calls.size() == 1) ? request.get(0) : request, this.answers));
		int answered = replies.byIndex().size();
		RateLimitException refusal = replies.refusal();
		if (refusal != null) {
			Duration pause = refusal.retryAfter();
			this.limit.refused(answered, calls.size() - answered, isShort(pause) ? pause : null);
		}
		else {
			this.limit.answered(answered);
		}
		return replies;
	}

	@Override
	public String toString() {
		return this.name;
	}

}
