package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads what is answered to calls, in the forms that nodes and providers give it.
 */
final class BatchReplies {

	private static final int MAX_MESSAGE = 300;

	/** Where in an error's data its reason may be. */
	private static final List<String> REASONS = List.of("payload", "message", "reason", "details");

	private final Secrets secrets;

	BatchReplies(Secrets secrets) {
		this.secrets = secrets;
	}

	/**
	 * Matches replies to calls by id.
	 * @param calls the calls by their ids
	 * @param retryAfter how long to wait where calls were refused, or {@code null} if
	 * only the error may say so
	 */
	Replies match(Map<Long, Call> calls, JsonNode batch, @Nullable Duration retryAfter) {
		Map<Integer, RpcReply> replies = new HashMap<>();
		boolean tooMany = false;
		RateLimitException refusal = null;
		for (JsonNode reply : batch) {
			Call call = calls.get(id(reply));
			RpcError error = error(reply);
			if (error != null && error.isRateLimit((call != null) ? call.request().method() : "")) {
				refusal = RateLimitException.of(error, retryAfter);
			}
			else if (error != null && error.isBatchTooLarge() && calls.size() > 1) {
				tooMany = true;
			}
			else if (call != null) {
				replies.put(call.index(), reply(reply));
			}
		}
		if (replies.isEmpty() && !tooMany && refusal == null && calls.size() == 1) {
			throw new EndpointException("it answered a call with nothing");
		}
		return new Replies(replies, refusal);
	}

	/**
	 * Returns the id of a reply, which some providers make a text.
	 * @return the id, or -1 if it is none of ours
	 */
	static long id(JsonNode reply) {
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

	RpcReply reply(JsonNode reply) {
		RpcError error = error(reply);
		if (error == null && !reply.has("result")) {
			error = RpcError.NONE;
		}
		return (error != null) ? new RpcReply(null, error) : new RpcReply(reply.get("result"), null);
	}

	@Nullable RpcError error(JsonNode reply) {
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
