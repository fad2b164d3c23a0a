package org.megaetl.connector.ethereum.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;

/**
 * One URL that answers JSON-RPC. It is known by host and port: the rest of the URL may be
 * a key.
 */
public final class RpcEndpoint {

	private static final int MAX_MESSAGE = 300;

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	/** What is longer is a mistake, or will be said again. */
	private static final Duration MAX_RETRY_AFTER = Duration.ofHours(1);

	private static final int OK = 200;

	private static final int PAYLOAD_TOO_LARGE = 413;

	private static final int TOO_MANY_REQUESTS = 429;

	/**
	 * No answer to one call need be longer, and several may be read at the same time.
	 */
	public static final int MAX_ANSWER = 32 * 1024 * 1024;

	private static final JsonMapper json = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxDocumentLength(MAX_ANSWER).build())
			.build())
		.build();

	/** In the words of providers that have a limit of their own. */
	private static final RpcError TOO_LONG = new RpcError(-32000,
			"the response is too large: it has more than " + MAX_ANSWER / 1024 / 1024 + " MiB");

	private final RestClient http;

	/** Not a base URL, as its escapes would be escaped once more. */
	private final URI url;

	private final String name;

	private final Secrets secrets;

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
		this.limit = limit;
		this.secrets = new Secrets(url, headers);
		this.url = this.secrets.urlWithoutUser();
		this.name = nameOf(url);
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
				HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build());
		requests.setReadTimeout(timeout);
		RestClient.Builder builder = RestClient.builder()
			.requestFactory(requests)
			.defaultHeaders((all) -> headers.forEach(all::set));
		String user = this.secrets.basic();
		if (user != null) {
			builder.defaultHeader(HttpHeaders.AUTHORIZATION, "Basic " + user);
		}
		this.http = builder.build();
		this.ids = new AtomicLong();
		this.batch = new BatchSize();
		this.answers = null;
	}

	private RpcEndpoint(RpcEndpoint same, AnswerLimit answers) {
		this.http = same.http;
		this.url = same.url;
		this.name = same.name;
		this.secrets = same.secrets;
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
				throw rateLimited(reply.error(), null);
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
		Answer answer = post((calls.size() == 1) ? batch.get(0) : batch);
		JsonNode body = answer.body();
		boolean isTooMany = answer.status() == TOO_MANY_REQUESTS;
		if (body != null && body.isArray()
				&& !(isTooMany && body.valueStream().noneMatch((reply) -> reply.has("result")))) {
			return matched(calls, indices, body);
		}
		RpcError lone = (body != null) ? error(body.isArray() ? body.path(0) : body) : null;
		if (isTooMany || (lone != null && lone.isRateLimit())) {
			throw rateLimited((lone != null) ? lone : new RpcError(TOO_MANY_REQUESTS, "too many requests"),
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
			if (lone == null && !indices.containsKey(id(body))) {
				throw new EndpointException("it answered another call");
			}
			return List.of(reply(body));
		}
		throw new EndpointException((answer.status() != OK) ? "it answered with HTTP status " + answer.status()
				: "its answer is not JSON-RPC", answer.retryAfter());
	}

	/**
	 * Matches replies to calls by id, up to the first call that was too many. Those that
	 * are missing are asked for again, alone.
	 */
	private List<RpcReply> matched(List<RpcRequest> calls, Map<Long, Integer> indices, JsonNode batch) {
		@Nullable RpcReply[] replies = new RpcReply[calls.size()];
		for (JsonNode reply : batch) {
			Integer index = indices.get(id(reply));
			if (index != null) {
				replies[index] = reply(reply);
			}
			else {
				RpcError error = error(reply);
				if (error != null && error.isRateLimit()) {
					throw rateLimited(error, null);
				}
				if (error != null && error.isBatchTooLarge() && calls.size() > 1) {
					return List.of();
				}
			}
		}
		List<RpcReply> all = new ArrayList<>(replies.length);
		for (int i = 0; i < replies.length; i++) {
			RpcReply reply = replies[i];
			if (reply == null && replies.length == 1) {
				throw new EndpointException("it answered a call with nothing");
			}
			if (replies.length > 1 && reply != null && reply.error() != null && reply.error().isBatchTooLarge()) {
				break;
			}
			all.add((reply != null) ? reply : send(calls.subList(i, i + 1)).get(0));
		}
		return all;
	}

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

	private Answer post(JsonNode request) {
		try {
			Answer answer = this.http.post()
				.uri(this.url)
				.contentType(MediaType.APPLICATION_JSON)
				.accept(MediaType.APPLICATION_JSON)
				.body(json.writeValueAsBytes(request))
				.exchange((sent, response) -> answer(response));
			if (answer == null) {
				throw new EndpointException("there is no answer");
			}
			return answer;
		}
		catch (ResourceAccessException ex) {
			// its message, and its causes' too, may contain the URL
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			String words = (cause.getMessage() != null) ? ": " + this.secrets.hideIn(cause.getMessage()) : "";
			String message = cause.getClass().getSimpleName() + words;
			throw (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException)
					? new UnreachableException(message) : new EndpointException(message);
		}
	}

	private Answer answer(ConvertibleClientHttpResponse response) throws IOException {
		int status = response.getStatusCode().value();
		Duration retryAfter = retryAfter(response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER), Clock.systemUTC());
		try (InputStream body = (this.answers != null) ? this.answers.count(response.getBody()) : response.getBody()) {
			JsonNode tree = json.readTree(body);
			return new Answer(status, (tree.isObject() || tree.isArray()) ? tree : null, retryAfter);
		}
		catch (StreamConstraintsException ex) {
			return new Answer(status, json.createObjectNode().set("error", json.valueToTree(TOO_LONG)), retryAfter);
		}
		catch (JacksonException ex) {
			// a proxy's page, or an answer that was cut off: the status says the rest
			return new Answer(status, null, retryAfter);
		}
	}

	/**
	 * Reads the header of RFC 9110: seconds, or a date.
	 */
	static @Nullable Duration retryAfter(@Nullable String header, Clock clock) {
		if (header == null) {
			return null;
		}
		Duration time;
		try {
			time = Duration.ofSeconds(Long.parseLong(header.strip()));
		}
		catch (NumberFormatException ex) {
			time = retryAt(header.strip(), clock);
		}
		if (time == null || time.compareTo(MAX_RETRY_AFTER) > 0) {
			return (time != null) ? MAX_RETRY_AFTER : null;
		}
		return time.isNegative() ? Duration.ZERO : time;
	}

	private static @Nullable Duration retryAt(String date, Clock clock) {
		try {
			Instant instant = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
			return Duration.between(clock.instant(), instant);
		}
		catch (DateTimeException ex) {
			// a hint that cannot be read is no hint
			return null;
		}
	}

	private static EndpointException rateLimited(RpcError error, @Nullable Duration retryAfter) {
		return new RateLimitException("it asks for fewer calls: " + error.message(),
				(retryAfter != null) ? retryAfter : error.retryAfter());
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * An answer over HTTP.
	 *
	 * @param body the JSON, or {@code null} if there is none
	 */
	private record Answer(int status, @Nullable JsonNode body, @Nullable Duration retryAfter) {

	}

}
