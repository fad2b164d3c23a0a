package org.megaetl.connector.ethereum.rpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.connector.ethereum.rpc.StubNode.Answer;
import org.megaetl.connector.ethereum.rpc.StubNode.Failure;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RpcClient}.
 */
class RpcClientTests {

	private static final ChainIdentity CHAIN = new ChainIdentity("1", "0xaa");

	private final StubNode first = new StubNode(node("0x1", "0xaa", "first"));

	private final StubNode second = new StubNode(node("0x1", "0xaa", "second"));

	private final RpcClient client = client(this.first, this.second);

	@AfterEach
	void close() {
		this.first.close();
		this.second.close();
	}

	@Test
	void staysWithTheEndpointThatWorks() throws Exception {
		assertThat(name()).isEqualTo("first");
		this.first.answer((request) -> Answer.status(502, ""));
		assertThat(name()).isEqualTo("second");
		this.first.answer(node("0x1", "0xaa", "first"));
		assertThat(name()).isEqualTo("second");
	}

	@Test
	void beginsWorkAnewOnAnotherEndpoint() throws Exception {
		List<String> seen = new ArrayList<>();
		this.client.run((endpoint) -> {
			seen.add(endpoint.call("name").asString());
			if (seen.size() == 1) {
				throw new EndpointException("its answers contradict each other");
			}
			return seen.add(endpoint.call("name").asString());
		});
		assertThat(seen).containsExactly("first", "second", "second");
	}

	@Test
	void asksElsewhereForABlockThatIsUnknown() throws Exception {
		this.first.answer(StubNode.calls((call) -> new Failure(-39001, "Unknown block")));
		assertThat(name()).isEqualTo("second");
	}

	@Test
	void asksElsewhereWhereTheCallerIsRefused() throws Exception {
		this.first
			.answer((request) -> Answer.status(401, "{\"error\":{\"code\":-32001,\"message\":\"unauthorized\"}}"));
		assertThat(name()).isEqualTo("second");
	}

	@Test
	void asksElsewhereOnceItIsToldTo() throws Exception {
		assertThat(name()).isEqualTo("first");
		this.client.preferAnother();
		assertThat(name()).isEqualTo("second");
		this.client.preferAnother();
		assertThat(name()).isEqualTo("first");
	}

	@Test
	void asksElsewhereWhereAParameterIsRefused() throws Exception {
		this.first.answer(StubNode.calls((call) -> new Failure(-32602, "invalid argument 0")));
		assertThat(name()).isEqualTo("second");
		this.second.answer(StubNode.calls((call) -> new Failure(-32602, "invalid argument 0")));
		assertThatExceptionOfType(WorkFailedException.class).isThrownBy(this::name)
			.withMessageContaining("invalid argument 0");
	}

	@Test
	void asksElsewhereWhereWorkThatCannotBeCutIsTooMuch() throws Exception {
		this.first.answer(StubNode.calls((call) -> new Failure(-32002, "request timed out")));
		assertThatExceptionOfType(RpcErrorException.class)
			.isThrownBy(() -> this.client.runDivisible((endpoint) -> endpoint.call("name")));
		assertThat(this.second.requests()).isEmpty();
		assertThat(name()).isEqualTo("second");
	}

	@Test
	void letsAnEndpointAloneForAsLongAsItAsks() throws Exception {
		this.first.answer((request) -> Answer.status(429, "", "Retry-After", "60"));
		assertThat(name()).isEqualTo("second");
		this.second.answer((request) -> Answer.status(429, "", "Retry-After", "30"));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(this::name)
			.satisfies((ex) -> assertThat(ex.retryAfter()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30)));
		int before = this.first.requests().size() + this.second.requests().size();
		assertThatExceptionOfType(EndpointException.class).isThrownBy(this::name);
		assertThat(this.first.requests().size() + this.second.requests().size()).isEqualTo(before);
	}

	@Test
	void tellsWhichChainItIs() throws Exception {
		assertThat(this.client.identify()).isEqualTo(CHAIN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "1", "0x", "0xnone", "0x-1" })
	void asksElsewhereWhichChainItIsWhereAnIdIsNone(String chainId) throws Exception {
		this.first.answer(node(chainId, "0xaa", "first"));
		assertThat(this.client.identify()).isEqualTo(CHAIN);
	}

	@Test
	void usesNoEndpointOfAnotherChain() throws Exception {
		this.first.answer(node("0x2", "0xaa", "first"));
		this.client.expect(CHAIN);
		assertThat(name()).isEqualTo("second");
		this.second.answer(node("0x1", "0xbb", "second"));
		this.client.expect(CHAIN);
		assertThatExceptionOfType(WrongChainException.class).isThrownBy(this::name)
			.withMessageContaining("chain 2 with genesis 0xaa")
			.withMessageContaining("chain 1 with genesis 0xbb");
	}

	@Test
	void checksTheChainOfAnEndpointThatComesBack() throws Exception {
		RpcClient alone = client(this.first);
		alone.expect(CHAIN);
		alone.run((endpoint) -> endpoint.call("name"));
		this.first.answer((request) -> Answer.status(502, ""));
		assertThatExceptionOfType(EndpointException.class)
			.isThrownBy(() -> alone.run((endpoint) -> endpoint.call("name")));
		this.first.answer(node("0x2", "0xaa", "first"));
		assertThatExceptionOfType(WrongChainException.class)
			.isThrownBy(() -> alone.run((endpoint) -> endpoint.call("name")));
	}

	@Test
	void saysThatHistoryIsPrunedOnlyIfNobodyHasIt() throws Exception {
		this.first.answer(StubNode.calls((call) -> new Failure(4444, "pruned history unavailable")));
		assertThat(name()).isEqualTo("second");
		this.second.answer(StubNode.calls((call) -> new Failure(4444, "pruned history unavailable")));
		assertThatExceptionOfType(PrunedHistoryException.class).isThrownBy(this::name)
			.withMessageContaining("pruned history unavailable");
	}

	@Test
	void letsAnEndpointAloneForAsLongAsItAsksThoughOtherWorkFailsThere() throws Exception {
		RpcClient alone = client(this.first);
		CountDownLatch arrived = new CountDownLatch(1);
		CountDownLatch refused = new CountDownLatch(1);
		this.first.answer((request) -> {
			if (request.get("method").asString().equals("fast")) {
				return Answer.status(429, "", "Retry-After", "60");
			}
			arrived.countDown();
			awaitUninterrupted(refused);
			return Answer.status(500, "");
		});
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try {
			Future<?> slow = threads.submit(() -> alone.run((endpoint) -> endpoint.call("slow")));
			arrived.await();
			assertThatExceptionOfType(EndpointException.class)
				.isThrownBy(() -> alone.run((endpoint) -> endpoint.call("fast")));
			refused.countDown();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(slow::get)
				.satisfies((ex) -> assertThat(((EndpointException) ex.getCause()).retryAfter())
					.isGreaterThan(Duration.ofSeconds(50)));
			assertThatExceptionOfType(EndpointException.class)
				.isThrownBy(() -> alone.run((endpoint) -> endpoint.call("fast")));
			assertThat(this.first.requests()).as("asked while it is let alone").hasSize(2);
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void saysThatLessWorkMayBeDoneWhereCallsAreRefusedAgain() throws Exception {
		this.first.answer((request) -> Answer.status(429, ""));
		this.second.answer((request) -> Answer.status(429, ""));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(this::name)
			.satisfies((ex) -> assertThat(ex).isNotInstanceOf(WorkFailedException.class));
		await().atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThatExceptionOfType(WorkFailedException.class).isThrownBy(this::name));
	}

	@Test
	void takesAPoorResultOnlyIfAllEndpointsHaveNoBetter() throws Exception {
		assertThat(nameThatIs("second")).isEqualTo("second");
		assertThat(nameThatIs("third")).isEqualTo("second");
		this.first.answer((request) -> Answer.status(500, ""));
		assertThatExceptionOfType(EndpointException.class).isThrownBy(() -> nameThatIs("third"))
			.withMessageContaining(this.second.url().getPort() + ": it has another name");
	}

	private String nameThatIs(String good) throws InterruptedException {
		return this.client.run((endpoint) -> endpoint.call("name").asString(), good::equals, "it has another name");
	}

	private static void awaitUninterrupted(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private String name() throws InterruptedException {
		return this.client.run((endpoint) -> endpoint.call("name").asString());
	}

	private static RpcClient client(StubNode... nodes) {
		return new RpcClient(List.of(nodes)
			.stream()
			.map((node) -> new RpcEndpoint(node.url(), Map.of(), Duration.ofSeconds(20), RateLimit.none()))
			.toList());
	}

	private static Function<JsonNode, Answer> node(String chainId, String genesis, String name) {
		return StubNode.calls((call) -> switch (call.get("method").asString()) {
			case "eth_chainId" -> chainId;
			case "eth_getBlockByNumber" -> Map.of("hash", genesis);
			default -> name;
		});
	}

}
