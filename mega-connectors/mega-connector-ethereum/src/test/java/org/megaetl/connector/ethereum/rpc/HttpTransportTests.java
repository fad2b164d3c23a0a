package org.megaetl.connector.ethereum.rpc;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.StubNode.Answer;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HttpTransport}.
 */
class HttpTransportTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final StubNode node = new StubNode(StubNode.calls((call) -> call.get("params").get(0)));

	@AfterEach
	void close() {
		this.node.close();
	}

	@Test
	void authenticatesByUserAndByHeader() {
		RpcEndpoint withUser = new RpcEndpoint(this.node.url("me:se%20cret@"), Map.of("X-Api-Key", "k"), TIMEOUT,
				RateLimit.none());
		withUser.call("echo", "a");
		assertThat(this.node.headers().get(0)).containsEntry("Authorization", List.of("Basic bWU6c2UgY3JldA=="))
			.containsEntry("X-api-key", List.of("k"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/", "/v3/a%2Bb%2Fc?key=d%2Be%25f", "/v3/a+b?key=%7Bx%7D&apikey=e+f" })
	void asksForThePathAndQueryAsTheyAreWritten(String path) {
		URI url = URI.create(this.node.url("me:secret@") + path);
		new RpcEndpoint(url, Map.of(), TIMEOUT, RateLimit.none()).call("echo", "a");
		assertThat(this.node.paths()).containsExactly(path.isEmpty() ? "/" : path);
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
					RateLimit.none());
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
				TIMEOUT, RateLimit.none());
		assertThatExceptionOfType(RpcErrorException.class).isThrownBy(() -> secret.call("echo", "a"))
			.withMessage("error -32000: refused: Basic ***, ***, ***, ***");
	}

	@Test
	void asksForNoUpgradeWithoutTls() {
		RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.none());
		assertThat(endpoint.call("echo", "a").asString()).isEqualTo("a");
		assertThat(this.node.headers().get(0)).doesNotContainKeys("Upgrade", "Http2-settings");
	}

	@Test
	void saysThatAnAnswerTakesTooLong() {
		this.node.answer((request) -> Answer.half("{\"jsonrpc\":\"2.0\",\"id\":1,\"resu"));
		RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), Duration.ofSeconds(2), RateLimit.none());
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> endpoint.call("echo", "a"))
			.withMessage("it took longer than 2000 ms");
	}

	@Test
	void saysThatAnAnswerBrokeOff() {
		this.node.answer((request) -> Answer.ok("{\"jsonrpc\":\"2.0\",\"id\":1,\"resu"));
		RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.none());
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> endpoint.call("echo", "a"))
			.withMessage("its answer broke off");
	}

	@Test
	void findsTheReasonOfAnErrorBesideItsMessage() {
		this.node.answer((request) -> Answer.ok("{\"jsonrpc\":\"2.0\",\"id\":" + request.get("id")
				+ ",\"error\":{\"code\":-32602,\"message\":\"invalid params\",\"data\":"
				+ "{\"payload\":\"block range 5000 is too large\"}}}"));
		RpcEndpoint endpoint = new RpcEndpoint(this.node.url(), Map.of(), TIMEOUT, RateLimit.none());
		assertThatExceptionOfType(RpcErrorException.class).isThrownBy(() -> endpoint.call("echo", "a"))
			.withMessage("error -32602: invalid params (block range 5000 is too large)");
	}

}
