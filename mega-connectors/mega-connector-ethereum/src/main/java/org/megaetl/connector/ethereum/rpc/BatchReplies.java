package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.rpc.HttpTransport.Answer;
import tools.jackson.databind.JsonNode;

/**
 * Reads what is answered to calls, in the forms that nodes and providers give it.
 */
final class BatchReplies {

	private static final int UNAUTHORIZED = 401;

	private static final int FORBIDDEN = 403;

	private static final int PAYLOAD_TOO_LARGE = 413;

	private static final int TOO_MANY_REQUESTS = 429;

	private static final int SERVER_ERROR = 500;

	private static final int UNAVAILABLE = 503;

	private static final int MAX_MESSAGE = 300;

	/** Where in an error's data its reason may be. */
	private static final List<String> REASONS = List.of("payload", "message", "reason", "details");

	private final Secrets secrets;

	BatchReplies(Secrets secrets) {
		this.secrets = secrets;
	}

	/**
	 * Reads what was answered to calls that were made at once.
	 * @param calls the calls by their ids
	 * @throws EndpointException if it is no answer to them
	 */
	Replies read(Map<Long, Call> calls, Answer answer) {
		JsonNode body = answer.body();
		boolean isTooMany = answer.status() == TOO_MANY_REQUESTS;
		if (body != null && body.isArray()
				&& !(isTooMany && body.valueStream().noneMatch((reply) -> reply.has("result")))) {
			return match(calls, body, answer.retryAfter());
		}
		RpcError lone = (body != null) ? error(body.isArray() ? body.path(0) : body) : null;
		String method = (calls.size() == 1) ? calls.values().iterator().next().request().method() : "";
		if (isTooMany || (lone != null && lone.isRateLimit(method))) {
			return Replies.refused(RateLimitException
				.of((lone != null) ? lone : new RpcError(TOO_MANY_REQUESTS, "too many requests"), answer.retryAfter()));
		}
		if (lone != null && isFailure(answer.status(), calls.size()) && !lone.isOfTheCall()) {
			throw new EndpointException("it answered with HTTP status " + answer.status() + ": " + lone.message(),
					answer.retryAfter());
		}
		if (calls.size() > 1) {
			// one error instead of a batch says nothing of the calls but that they are
			// too many
			if (answer.status() == PAYLOAD_TOO_LARGE || lone != null) {
				return Replies.none();
			}
		}
		else if (body != null && body.isObject() && (lone != null || body.has("result"))) {
			if (lone == null && !calls.containsKey(id(body))) {
				throw new EndpointException("it answered another call");
			}
			return new Replies(Map.of(0, reply(body)), null);
		}
		throw new EndpointException((answer.status() != HttpTransport.OK)
				? "it answered with HTTP status " + answer.status() : "its answer is not JSON-RPC",
				answer.retryAfter());
	}

	/**
	 * Returns whether no call would be answered: the node is down, or refuses the caller.
	 * A single call may be refused for what it is.
	 */
	private static boolean isFailure(int status, int calls) {
		return status == UNAVAILABLE
				|| (calls > 1 && (status == UNAUTHORIZED || status == FORBIDDEN || status >= SERVER_ERROR));
	}

	/**
	 * Matches replies to calls by id.
	 * @param calls the calls by their ids
	 * @param retryAfter how long to wait where calls were refused, or {@code null} if
	 * only the error may say so
	 */
	private Replies match(Map<Long, Call> calls, JsonNode batch, @Nullable Duration retryAfter) {
		Map<Integer, RpcReply> replies = new HashMap<>();
		RateLimitException refusal = null;
		for (JsonNode reply : batch) {
			Call call = calls.get(id(reply));
			RpcError error = error(reply);
			if (error != null && error.isRateLimit((call != null) ? call.request().method() : "")) {
				refusal = RateLimitException.of(error, retryAfter);
			}
			else if (call != null && !(error != null && error.isBatchTooLarge() && calls.size() > 1)) {
				replies.put(call.index(), reply(reply));
			}
		}
		if (replies.isEmpty() && refusal == null && calls.size() == 1) {
			throw new EndpointException("it answered a call with nothing");
		}
		return new Replies(replies, refusal);
	}

	/**
	 * Returns the id of a reply, which some providers make a text.
	 * @return the id, or -1 if it is none of ours
	 */
	private static long id(JsonNode reply) {
		JsonNode id = reply.path("id");
		return id.isString() ? parse(id.asString()) : id.asLong(-1);
	}

	private static long parse(String id) {
		try {
			return Long.parseLong(id);
		}
		catch (NumberFormatException ex) {
			// not an id of ours
			return -1;
		}
	}

	private RpcReply reply(JsonNode reply) {
		RpcError error = error(reply);
		if (error == null && !reply.has("result")) {
			error = RpcError.NONE;
		}
		return (error != null) ? new RpcReply(null, error) : new RpcReply(reply.get("result"), null);
	}

	private @Nullable RpcError error(JsonNode reply) {
		JsonNode error = reply.path("error");
		if (error.isMissingNode() || error.isNull()) {
			return null;
		}
		// some providers send a bare text
		String message = error.isObject() ? error.path("message").asString("") : error.asString(error.toString());
		JsonNode data = error.path("data");
		String reason = reason(data);
		if (!reason.isEmpty()) {
			message += " (" + reason + ")";
		}
		JsonNode backoff = data.path("rate").path("backoff_seconds");
		if (backoff.isNumber()) {
			message += " (retry in " + Math.round(Math.ceil(backoff.asDouble())) + "s)";
		}
		message = this.secrets.hideIn(message);
		return new RpcError(error.path("code").asInt(0),
				(message.length() > MAX_MESSAGE) ? message.substring(0, MAX_MESSAGE) + "…" : message);
	}

	/**
	 * Returns what providers say of an error besides its message.
	 */
	private static String reason(JsonNode data) {
		if (data.isObject()) {
			return REASONS.stream()
				.map((name) -> data.path(name).asString(""))
				.filter((text) -> !text.isEmpty())
				.findFirst()
				.orElse("");
		}
		String text = data.isString() ? data.asString() : "";
		// the bytes that a contract has returned
		return text.startsWith("0x") ? "" : text;
	}

	/**
	 * A call that was made with others.
	 *
	 * @param index its place among them
	 * @param request the call
	 */
	record Call(int index, RpcRequest request) {

	}

	/**
	 * What was answered to calls that were made at once.
	 *
	 * @param byIndex the replies by the places of the calls; there is none where nothing
	 * was answered, or that it was too much
	 * @param refusal why calls were refused that are to be made later, or {@code null}
	 */
	record Replies(Map<Integer, RpcReply> byIndex, @Nullable RateLimitException refusal) {

		static Replies none() {
			return new Replies(Map.of(), null);
		}

		static Replies refused(RateLimitException refusal) {
			return new Replies(Map.of(), refusal);
		}

	}

}
