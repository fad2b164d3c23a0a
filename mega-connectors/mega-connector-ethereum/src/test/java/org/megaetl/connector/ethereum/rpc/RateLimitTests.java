package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
 * Tests for endpoints that ask for fewer calls, and for {@link RateLimit}.
 */
class RateLimitTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final StubNode node = new StubNode(StubNode.calls((call) -> call.get("params").get(0)));

	private final RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.none());

	private long now;

	@AfterEach
	void close() {
		this.node.close();
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
		RpcEndpoint another = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.none());
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> another.call(calls(2)));
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

	@Test
	void keepsRetryAfterOfStatus429WhereSomeCallsAreAnswered() {
		this.node.answer((request) -> Answer.status(429, answersUpTo(request, 1), "Retry-After", "7"));
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> echo(2))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
	}

	@Test
	void makesNoMoreCallsOnceSomeAreRefused() {
		this.node.answer((request) -> Answer.ok(answersUpTo(request, 30)));
		assertThatExceptionOfType(RateLimitException.class).isThrownBy(() -> echo(250));
		assertThat(this.node.requests()).hasSize(1);
	}

	@Test
	void keepsWhatIsAnsweredAndMakesOnlyTheOtherCallsAgainWhereThereIsNoOtherEndpoint() throws Exception {
		AtomicInteger requests = new AtomicInteger();
		this.node.answer((request) -> Answer
			.ok(answersUpTo(request, (requests.getAndIncrement() == 0) ? 4 : Integer.MAX_VALUE)));
		RpcClient client = new RpcClient(List.of(this.endpoint));
		List<String> all = client
			.run((alone) -> alone.call(calls(6)).stream().map((reply) -> reply.orThrow().asString()).toList());
		assertThat(all).containsExactly("0", "1", "2", "3", "4", "5");
		assertThat(this.node.requests()).extracting(JsonNode::size).containsExactly(6, 2);
	}

	@Test
	void makesSmallerBatchesWhereAWholeOneIsRefused() throws Exception {
		this.node.answer((request) -> (request.isArray() && request.size() > 5) ? Answer.status(429, "")
				: StubNode.calls((call) -> call.get("params").get(0)).apply(request));
		RpcClient client = new RpcClient(List.of(this.endpoint));
		List<RpcReply> replies = client.run((alone) -> alone.call(calls(10)));
		assertThat(replies).hasSize(10);
		assertThat(this.node.requests()).extracting(JsonNode::size).containsExactly(10, 5, 5);
	}

	@Test
	void waitsAsLongAsTheOnlyEndpointSays() throws Exception {
		AtomicInteger requests = new AtomicInteger();
		this.node.answer((request) -> (requests.getAndIncrement() == 0) ? Answer.status(429, "", "Retry-After", "2")
				: StubNode.calls((call) -> call.get("params").get(0)).apply(request));
		RpcClient client = new RpcClient(List.of(this.endpoint));
		long start = System.nanoTime();
		client.run((alone) -> alone.call("echo", "a"));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
		assertThat(this.node.requests()).hasSize(2);
	}

	@Test
	void allowsAsManyCallsAsWereTakenAndFewerWhereThoseAreRefused() {
		RateLimit limit = limit(Double.POSITIVE_INFINITY);
		limit.refused(40, 10, null);
		assertThat(limit.burst()).isEqualTo(40);
		limit.refused(0, 10, null);
		assertThat(limit.burst()).as("refused at the same time").isEqualTo(40);
		this.now += Duration.ofSeconds(11).toNanos();
		limit.refused(30, 10, null);
		assertThat(limit.burst()).as("refused after a while").isEqualTo(32);
	}

	@Test
	void allowsMoreCallsAfterAWhileButNotMoreThanItsMost() {
		RateLimit limit = limit(60);
		limit.refused(58, 2, null);
		assertThat(limit.burst()).isEqualTo(48);
		for (int second = 1; second <= 30; second++) {
			this.now += Duration.ofSeconds(1).toNanos();
			limit.answered(48);
			assertThat(limit.burst()).isEqualTo((second < 10) ? 48 : 60);
		}
	}

	@Test
	void allowsNoMoreCallsWhereFewAreMade() {
		RateLimit limit = limit(60);
		limit.refused(58, 2, null);
		for (int second = 1; second <= 30; second++) {
			this.now += Duration.ofSeconds(1).toNanos();
			limit.answered(10);
		}
		assertThat(limit.burst()).isEqualTo(48);
	}

	private RateLimit limit(double most) {
		return new RateLimit(most, () -> this.now);
	}

	private static String answersUpTo(JsonNode request, int most) {
		List<String> replies = new ArrayList<>();
		for (JsonNode call : request) {
			replies.add(StubNode.reply(call, (replies.size() < most) ? call.get("params").get(0)
					: new Failure(-32007, "50/second request limit reached")));
		}
		return replies.toString();
	}

	private List<String> echo(int count) {
		return this.endpoint.call(calls(count)).stream().map((reply) -> reply.orThrow().asString()).toList();
	}

	private static List<RpcRequest> calls(int count) {
		return IntStream.range(0, count).mapToObj((number) -> RpcRequest.of("echo", String.valueOf(number))).toList();
	}

}
