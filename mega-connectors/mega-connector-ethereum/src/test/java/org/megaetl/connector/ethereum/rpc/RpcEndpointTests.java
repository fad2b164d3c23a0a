package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

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
 * Tests for {@link RpcEndpoint} and {@link BatchReplies} with answers that are odd but
 * have been seen.
 */
class RpcEndpointTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final StubNode node = new StubNode(StubNode.calls((call) -> call.get("params").get(0)));

	private final RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.none());

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
	@ValueSource(ints = { 200, 400, 403, 413, 500 })
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
			-32600 | batch too large                                              | [{"id":%d,%s}]
			31     | Batch of more than 10 requests are not allowed on free plan  | [{"id":%d,%s}]""")
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
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> echo(20));
		this.node.answer(StubNode.calls((call) -> call.get("params").get(0)));
		int before = this.node.requests().size();
		assertThat(echo(20)).hasSize(20);
		assertThat(this.node.requests()).hasSize(before + 1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403, 500, 503 })
	void makesNoCallAloneWhereNoneWouldBeAnswered(int status) {
		this.node.answer((request) -> Answer.status(status,
				"{\"error\":{\"code\":-32011,\"message\":\"no backend is currently healthy to serve traffic\"}}",
				"Retry-After", "7"));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> echo(100))
			.withMessage(
					"it answered with HTTP status " + status + ": no backend is currently healthy to serve traffic")
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
		assertThat(this.node.requests()).hasSize(1);
	}

	@Test
	void honoursHowLongANodeThatIsDownSaysToWait() {
		this.node.answer((request) -> Answer.status(503,
				"{\"error\":{\"code\":-32011,\"message\":\"no backend is currently healthy to serve traffic\"}}",
				"Retry-After", "7"));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> echo(1))
			.satisfies((ex) -> assertThat(ex.retryAfter()).isEqualTo(Duration.ofSeconds(7)));
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

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			413 | <html>
			403 | {"error":{"code":-32000,"message":"batch requests are not supported"}}
			500 | {"error":{"code":-32000,"message":"this node does not support batch requests"}}
			500 | {"error":{"code":31,"message":"Batch of more than 3 requests are not allowed on free plan"}}
			500 | {"error":{"code":-32600,"message":"Invalid Request"}}""")
	void sendsCallsAloneToANodeWithoutBatches(int status, String body) {
		this.node.answer((request) -> request.isArray() ? Answer.status(status, body)
				: Answer.ok(StubNode.reply(request, request.get("params").get(0))));
		assertThat(echo(3)).containsExactly("0", "1", "2");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "<html>", "{\"jsonrpc\":\"2.0\",\"id\":1,\"resu", "{}", "null", "7", "[7]",
			"{\"jsonrpc\":\"2.0\",\"id\":77,\"result\":\"a\"}" })
	void doesNotBelieveWhatIsNoAnswer(String body) {
		this.node.answer((request) -> Answer.ok(body));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> this.endpoint.call("echo", "a"));
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
