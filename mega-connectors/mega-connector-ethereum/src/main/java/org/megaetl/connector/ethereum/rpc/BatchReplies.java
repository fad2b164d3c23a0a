package org.megaetl.connector.ethereum.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads what is answered to calls, in the forms that nodes and providers give it.
 */
final class BatchReplies {

	private static final int MAX_MESSAGE = 300;

	private final Secrets secrets;

	BatchReplies(Secrets secrets) {
		this.secrets = secrets;
	}

	/**
	 * Matches replies to calls by id.
	 * @param indices the places of the calls by their ids
	 * @return what was answered to each call up to the first that was too many;
	 * {@code null} where there is nothing
	 */
	List<@Nullable RpcReply> match(Map<Long, Integer> indices, JsonNode batch) {
		@Nullable RpcReply[] replies = new RpcReply[indices.size()];
		for (JsonNode reply : batch) {
			Integer index = indices.get(id(reply));
			if (index != null) {
				replies[index] = reply(reply);
			}
			else {
				RpcError error = error(reply);
				if (error != null && error.isRateLimit()) {
					throw RateLimitException.of(error, null);
				}
				if (error != null && error.isBatchTooLarge() && indices.size() > 1) {
					return List.of();
				}
			}
		}
		List<@Nullable RpcReply> all = new ArrayList<>(replies.length);
		for (RpcReply reply : replies) {
			if (replies.length > 1 && reply != null && reply.error() != null && reply.error().isBatchTooLarge()) {
				break;
			}
			all.add(reply);
		}
		return all;
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
		if (data.isString() && !data.asString().startsWith("0x")) {
			message += " (" + data.asString() + ")";
		}
		JsonNode backoff = data.path("rate").path("backoff_seconds");
		if (backoff.isNumber()) {
			message += " (retry in " + Math.round(Math.ceil(backoff.asDouble())) + "s)";
		}
		message = this.secrets.hideIn(message);
		return new RpcError(error.path("code").asInt(0),
				(message.length() > MAX_MESSAGE) ? message.substring(0, MAX_MESSAGE) + "…" : message);
	}

}
