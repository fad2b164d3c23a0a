package org.megaetl.connector.ethereum.rpc;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.StubNode.Answer;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RpcEndpoint} with answers that are odd but have been seen.
 */
class RpcEndpointTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final StubNode node = new StubNode(StubNode.calls((call) -> call.get("params").get(0)));

	private final RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.NONE);

	@AfterEach
	void close() {
		this.node.close();
	}

	@Test
	void sendsOneCallAloneAndSeveralAsABatch() {
		assertThat(this.endpoint.call("echo", "a").asString()).isEqualTo("a");
		assertThat(echo(3)).containsExactly("0", "1", "2");
		assertThat(this.node.requests()).extracting(JsonNode::isArray).containsExactly(false, true);
	}

	@Test
	void matchesRepliesInAnyOrder() {
		this.node.answer((request) -> {
			List<String> replies = replies(request);
			Collections.reverse(replies);
			Collections.swap(replies, 0, 5);
			return Answer.ok(replies.toString());
		});
		assertThat(echo(20)).containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(String::valueOf).toList());
	}

	@Test
	void matchesIdsThatBecameStrings() {
		this.node
			.answer((request) -> Answer.ok(replies(request).toString().replaceAll("\"id\":(\\d+)", "\"id\":\"$1\"")));
		assertThat(echo(3)).containsExactly("0", "1", "2");
	}

	@Test
	void asksAgainForRepliesThatAreMissing() {
		this.node.answer((request) -> {
			if (!request.isArray()) {
				return Answer.ok(StubNode.reply(request, request.get("params").get(0)));
			}
			List<String> replies = replies(request);
			replies.remove(1);
			return Answer.ok(replies.toString());
		});
		assertThat(echo(3)).containsExactly("0", "1", "2");
		assertThat(this.node.requests()).hasSize(2);
	}

	@Test
	void givesUpACallThatIsNeverAnswered() {
		this.node.answer((request) -> Answer.ok("[]"));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> echo(2));
	}

	@Test
	void keepsResultsBesideErrors() {
		this.node.answer(StubNode.calls((call) -> call.get("params").get(0).asString().equals("1")
				? new Failure(-32000, "execution reverted") : "fine"));
		List<RpcReply> replies = this.endpoint.call(calls(3));
		assertThat(replies.get(0).orThrow().asString()).isEqualTo("fine");
		assertThat(replies.get(2).orThrow().asString()).isEqualTo("fine");
		assertThatExceptionOfType(RpcErrorException.class).isThrownBy(replies.get(1)::orThrow)
			.withMessage("error -32000: execution reverted");
	}

	@Test
	void aResultMayBeNull() {
		this.node.answer(StubNode.calls((call) -> null));
		assertThat(this.endpoint.call("eth_getBlockByNumber", "0xffff", false).isNull()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(ints = { 200, 400, 413 })
	void sendsSmallerBatchesAfterOneErrorInPlaceOfABatch(int status) {
		this.node.answer((request) -> (request.size() > 10 && request.isArray())
				? Answer.status(status,
						"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32600,\"message\":\"batch too large\"}}")
				: StubNode.calls((call) -> call.get("params").get(0)).apply(request));
		assertThat(echo(100)).hasSize(100).startsWith("0", "1").endsWith("99");
		int before = this.node.requests().size();
		assertThat(echo(6)).hasSize(6);
		assertThat(this.node.requests()).as("remembers what was accepted").hasSize(before + 1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			-32005 | Number of requests exceeds max batch size                    | {"id":null,%s}
			-32005 | Number of requests exceeds max batch size                    | [{"id":null,%s}]
			-32005 | MaxBatchResponseBodySize of 32768KB exceeded                 | [{"id":%d,%s}]
			-32600 | batch too large                                              | [{"id":%d,%s}]""")
	void sendsSmallerBatchesWhereOneIsTooLargeInWhateverForm(int code, String message, String form) {
		this.node.answer((request) -> {
			if (!request.isArray() || request.size() <= 10) {
				return StubNode.calls((call) -> call.get("params").get(0)).apply(request);
			}
			String error = "\"error\":{\"code\":%d,\"message\":\"%s\"}".formatted(code, message);
			return Answer.ok(form.replace("%d", request.get(0).get("id").toString()).replace("%s", error));
		});
		assertThat(echo(100)).hasSize(100).startsWith("0", "1").endsWith("99");
		assertThat(this.node.requests()).hasSizeLessThan(25);
	}

	@Test
	void keepsWhatABatchSaysBeforeItsAnswersAreTooLong() {
		this.node.answer((request) -> answersUpTo(request, 4, new Failure(-32003, "response too large")));
		assertThat(echo(10)).containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(String::valueOf).toList());
		assertThat(this.node.requests()).hasSizeLessThan(6);
	}

	@Test
	void sendsBatchesAgainAfterAnOutage() {
		this.node.answer((request) -> Answer.status(500, "{\"error\":{\"code\":-32603,\"message\":\"broken\"}}"));
		this.endpoint.call(calls(20));
		this.node.answer(StubNode.calls((call) -> call.get("params").get(0)));
		int before = this.node.requests().size();
		assertThat(echo(20)).hasSize(20);
		assertThat(this.node.requests()).hasSize(before + 1);
	}

	@Test
	void sendsLargerBatchesAgainWhereTheyWereTooLargeOnlyForAWhile() {
		this.node.answer((request) -> (request.isArray() && request.size() > 60) ? Answer.status(413, "")
				: StubNode.calls((call) -> call.get("params").get(0)).apply(request));
		echo(100);
		this.node.answer(StubNode.calls((call) -> call.get("params").get(0)));
		for (int i = 0; i < 60; i++) {
			assertThat(echo(100)).hasSize(100);
		}
		assertThat(this.node.requests().get(this.node.requests().size() - 1).size()).isEqualTo(100);
	}

	@Test
	void asksForLessWhereAnAnswerIsHuge() {
		String large = "a".repeat(20_000_000);
		this.node.answer(StubNode.calls((call) -> large));
		assertThat(this.endpoint.call(calls(2))).hasSize(2);
		assertThat(this.node.requests()).extracting(JsonNode::isArray).containsExactly(true, false, false);
		this.node.answer(StubNode.calls((call) -> large + large));
		assertThatExceptionOfType(RpcErrorException.class).isThrownBy(() -> this.endpoint.call("echo", "a"))
			.satisfies((ex) -> assertThat(ex.error().isRangeTooLarge()).isTrue());
	}

	@Test
	void sendsCallsAloneToANodeWithoutBatches() {
		this.node.answer((request) -> request.isArray() ? Answer.status(413, "<html>")
				: Answer.ok(StubNode.reply(request, request.get("params").get(0))));
		assertThat(echo(3)).containsExactly("0", "1", "2");
	}

	@Test
	void honoursRetryAfterOfStatus429() {
		this.node.answer((request) -> Answer.status(429, "", "Retry-After", "7"));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> echo(2))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "[{\"error\":{\"code\":-32000,\"message\":\"no\"}}]", "each" })
	void honoursRetryAfterOfStatus429WhoseBodyIsABatch(String body) {
		this.node.answer((request) -> Answer.status(429,
				body.equals("each")
						? StubNode.calls((call) -> new Failure(-32005, "rate limited")).apply(request).body() : body,
				"Retry-After", "7"));
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> echo(2))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
	}

	@Test
	void honoursRetryAfterOfOtherFailures() {
		this.node.answer((request) -> Answer.status(503, "<html>", "Retry-After", "7"));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> echo(1))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			-32005 | daily request count exceeded, request rate limited
			-32005 | limit exceeded
			429    | Your app has exceeded its compute units per second capacity
			-32007 | 50/second request limit reached - reduce calls per second
			-32090 | Too many requests, reason: call rate limit exhausted, retry in 10s
			-32000 | rate limit exceeded
			-32000 | project ID request rate exceeded
			-32005 | project ID request rate exceeded
			429    | Monthly capacity limit exceeded. Visit https://dashboard.example.com/settings/billing to upgrade
			-32003 | daily request limit reached - upgrade your account to continue
			-32007 | 15/second request limit reached - reduce calls per second or upgrade your account
			-32012 | credits limit reached - reduce calls per second or upgrade your account
			-32029 | Too Many Requests
			-32016 | rate limited
			-32000 | You have exceeded the allowed RPS on your plan
			-32000 | Requests per second exceeded
			-32000 | call rate exceeded, try again in 3s
			-32000 | over rate limit
			-32001 | Exceeded the quota usage
			-32022 | Too many connections. Please slow down your requests per second""")
	void recognisesWhatAsksForFewerCalls(int code, String message) {
		this.node.answer(StubNode.calls((call) -> new Failure(code, message)));
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> this.endpoint.call("eth_blockNumber", 1));
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> echo(2));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "null", textBlock = """
			Too many requests, reason: call rate limit exhausted, retry in 10s | null | 10000
			call rate exceeded, try again in 500ms                             | null | 500
			rate limited, retry after 2 seconds                                | null | 2000
			request rate limited | {"rate":{"allowed_rps":1,"backoff_seconds":30,"current_rps":1.1}} | 30000
			rate limit exceeded                                                | null | -1""")
	void honoursHowLongAnErrorSaysToWait(String message, @Nullable String data, long millis) {
		this.node.answer((request) -> Answer.ok("{\"jsonrpc\":\"2.0\",\"id\":" + request.get("id")
				+ ",\"error\":{\"code\":-32005,\"message\":\"" + message + "\",\"data\":" + data + "}}"));
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> this.endpoint.call("eth_blockNumber"))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo((millis < 0) ? null : Duration.ofMillis(millis)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					-32005 | query returned more than 10000 results                                              | 0
					-32005 | query returned more than 10000 results. Try with this block range [0x1, 0x64].      | 100
					-32602 | Log response size exceeded. this block range should work: [0x0, 0x0]                | 1
					-32600 | eth_getLogs is limited to a 10,000 range                                            | 10000
					-32614 | eth_getLogs and eth_newFilter are limited to a 10,000 blocks range                  | 10000
					-32000 | exceed maximum block range: 5000                                                    | 5000
					-32602 | You can make eth_getLogs requests with up to a 500 block range.                     | 500
					-32000 | block range is too wide                                                             | 0
					-32000 | query timeout exceeded                                                              | 0
					-32002 | request timed out                                                                   | 0
					-32016 | eth_getLogs request was canceled due to enabled timeout.                            | 0
					-32000 | context deadline exceeded                                                           | 0
					-32003 | response too large                                                                  | 0
					-32005 | Requested range exceeds maximum RPC range limit                                     | 0
					-32005 | Requested range exceeds maximum range limit                                         | 0
					-32701 | Please specify an address in your request or, to remove restrictions, use a block range of up to 1k | 1000
					-32005 | block range too large, [0x64, 0x1]                                                  | 0
					-32005 | block range too large, [0x0, 0xffffffffffffffffffffffffffff]                        | 0""")
	void recognisesWhatAsksForFewerBlocks(int code, String message, long suggested) {
		RpcError error = new RpcError(code, message);
		assertThat(error.isRangeTooLarge()).isTrue();
		assertThat(error.isRateLimit()).isFalse();
		assertThat(error.suggestedRange().orElse(0)).isEqualTo(suggested);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			4444   | pruned history unavailable         | pruned
			-32000 | missing trie node 1234             | pruned
			-39001 | Unknown block                      | unknown
			-32000 | header not found                   | unknown
			-32601 | the method eth_foo does not exist  | missing
			-32000 | execution reverted                 |""")
	void tellsErrorsApart(int code, String message, String kind) {
		RpcError error = new RpcError(code, message);
		assertThat(error.isPruned()).isEqualTo("pruned".equals(kind));
		assertThat(error.isUnknownBlock()).isEqualTo("unknown".equals(kind));
		assertThat(error.isMethodMissing()).isEqualTo("missing".equals(kind));
		assertThat(error.isRangeTooLarge() || error.isRateLimit()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "<html>", "{\"jsonrpc\":\"2.0\",\"id\":1,\"resu", "{}", "null", "7", "[7]",
			"{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":\"a\"}" })
	void doesNotBelieveWhatIsNoAnswer(String body) {
		this.node.answer((request) -> Answer.ok(body));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> this.endpoint.call("echo", "a"));
	}

	@Test
	void readsRetryAfterAsRfc9110Says() {
		Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
		assertThat(RetryAfter.parse("120", clock)).isEqualTo(Duration.ofMinutes(2));
		assertThat(RetryAfter.parse("Thu, 01 Jan 2026 00:00:30 GMT", clock)).isEqualTo(Duration.ofSeconds(30));
		assertThat(RetryAfter.parse("Wed, 31 Dec 2025 00:00:30 GMT", clock)).isZero();
		assertThat(RetryAfter.parse("soon", clock)).isNull();
		for (String never : new String[] { "99999999999999999", "Fri, 31 Dec 9999 00:00:00 GMT" }) {
			assertThat(RetryAfter.parse(never, clock)).isEqualTo(Duration.ofHours(1));
		}
		assertThat(RetryAfter.parse("-5", clock)).isZero();
	}

	@Test
	void authenticatesByUserAndByHeader() {
		RpcEndpoint withUser = new RpcEndpoint(this.node.url("me:se%20cret@"), Map.of("X-Api-Key", "k"), TIMEOUT,
				RateLimit.NONE);
		withUser.call("echo", "a");
		assertThat(this.node.headers().get(0)).containsEntry("Authorization", List.of("Basic bWU6c2UgY3JldA=="))
			.containsEntry("X-api-key", List.of("k"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/v3/a%2Bb%2Fc?key=d%2Be%25f", "/v3/a+b?key=%7Bx%7D&apikey=e+f" })
	void asksForThePathAndQueryAsTheyAreWritten(String path) {
		URI url = URI.create(this.node.url("me:secret@") + path);
		new RpcEndpoint(url, Map.of(), TIMEOUT, RateLimit.NONE).call("echo", "a");
		assertThat(this.node.paths()).containsExactly(path.isEmpty() ? "/" : path);
	}

	@Test
	void makesNoMoreCallsThanItsLimitAllows() {
		RpcEndpoint limited = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.perSecond(10));
		long start = System.nanoTime();
		assertThat(limited.call(calls(25))).hasSize(25);
		limited.call("echo", "a");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(2450));
		assertThat(this.node.requests()).extracting(JsonNode::size).startsWith(10, 10, 5);
	}

	@Test
	void staysInterruptedWhereItWaitsForItsLimit() {
		RpcEndpoint limited = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.perSecond(1));
		limited.call("echo", "a");
		Thread.currentThread().interrupt();
		RpcClient client = new RpcClient(List.of(limited));
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> client.run((endpoint) -> endpoint.call("echo", "b")));
		assertThat(this.node.requests()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://user:topsecret@127.0.0.1:%d/v3/topsecret?key=topsecret",
			"http://localhost:%d/topsecret" })
	void printsNoKeys(String url) throws IOException {
		int closed;
		try (ServerSocket socket = new ServerSocket(0)) {
			closed = socket.getLocalPort();
		}
		for (int port : new int[] { closed, this.node.url().getPort() }) {
			this.node.answer(StubNode.calls((call) -> new Failure(-32603, "no project topsecret with key topsecret")));
			RpcEndpoint secret = new RpcEndpoint(URI.create(url.formatted(port)), Map.of("key", "topsecret"), TIMEOUT,
					RateLimit.NONE);
			assertThat(secret.toString()).doesNotContain("topsecret");
			RpcClient client = new RpcClient(List.of(secret));
			assertThatExceptionOfType(EndpointException.class)
				.isThrownBy(() -> client.run((endpoint) -> endpoint.call("echo", "a")))
				.satisfies((ex) -> assertThat(ex).hasNoCause())
				.withMessageContaining(String.valueOf(port))
				.withMessageNotContaining("topsecret");
		}
	}

	@Test
	void printsNoKeysThatAreSentOtherwiseThanTheyAreWritten() {
		this.node.answer(StubNode.calls((call) -> new Failure(-32000,
				"refused: Basic bWU6c2UgY3JldGx5, se%20cretly, se cretly, token-of-mine")));
		RpcEndpoint secret = new RpcEndpoint(this.node.url("me:se%20cretly@"), Map.of("X-Key", "Bearer token-of-mine"),
				TIMEOUT, RateLimit.NONE);
		assertThatExceptionOfType(RpcErrorException.class).isThrownBy(() -> secret.call("echo", "a"))
			.withMessage("error -32000: refused: Basic ***, ***, ***, ***");
	}

	/**
	 * Answers as Geth does that has a limit: to the calls of a batch that are left, with
	 * an error.
	 */
	private static Answer answersUpTo(JsonNode request, int most, Failure failure) {
		List<String> replies = new ArrayList<>();
		for (JsonNode call : request.isArray() ? request : List.of(request)) {
			replies.add(StubNode.reply(call, (replies.size() < most) ? call.get("params").get(0) : failure));
		}
		return Answer.ok(request.isArray() ? replies.toString() : replies.get(0));
	}

	private List<String> echo(int count) {
		return this.endpoint.call(calls(count)).stream().map((reply) -> reply.orThrow().asString()).toList();
	}

	private static List<RpcRequest> calls(int count) {
		return IntStream.range(0, count).mapToObj((number) -> RpcRequest.of("echo", String.valueOf(number))).toList();
	}

	private static List<String> replies(JsonNode request) {
		List<String> replies = new ArrayList<>();
		for (JsonNode call : request) {
			replies.add(StubNode.reply(call, call.get("params").get(0)));
		}
		return replies;
	}

}
