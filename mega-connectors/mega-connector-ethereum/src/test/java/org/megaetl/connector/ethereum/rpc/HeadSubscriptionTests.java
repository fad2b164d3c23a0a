package org.megaetl.connector.ethereum.rpc;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.test.Anvil;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HeadSubscription} with a real node.
 */
@ExtendWith(OutputCaptureExtension.class)
class HeadSubscriptionTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final AtomicInteger heads = new AtomicInteger();

	private final ExecutorService threads = Executors.newSingleThreadExecutor();

	@AfterEach
	void stop() throws InterruptedException {
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(60, TimeUnit.SECONDS)).as("ends when interrupted").isTrue();
	}

	@Test
	void hearsOfEachBlockAgainAfterTheNodeCameBack(CapturedOutput output) {
		int port;
		try (Anvil node = Anvil.start()) {
			port = node.url().getPort();
			listen("ws://me:topsecret@127.0.0.1:" + port + "/?key=topsecret");
			await().atMost(PATIENCE).until(() -> output.getOut().contains("says when there are new blocks"));
			node.mine(2);
			await().atMost(PATIENCE).until(() -> this.heads.get() == 2);
		}
		await().atMost(PATIENCE).until(() -> output.getOut().contains("they are polled for"));
		try (Anvil node = Anvil.startAt(port)) {
			await().atMost(PATIENCE).until(() -> {
				node.mine(1);
				return this.heads.get() > 2;
			});
		}
		assertThat(output.getOut()).contains("The WebSocket at 127.0.0.1:" + port).doesNotContain("topsecret");
	}

	@Test
	void saysOnceThatThereIsNoWebSocket(CapturedOutput output) throws Exception {
		AtomicInteger requests = new AtomicInteger();
		try (StubNode node = new StubNode((request) -> StubNode.Answer.ok("{}"))) {
			node.answer((request) -> {
				requests.incrementAndGet();
				return StubNode.Answer.status(404, "no topsecret");
			});
			listen("ws://127.0.0.1:" + node.url().getPort() + "/topsecret");
			await().atMost(PATIENCE).until(() -> output.getOut().contains("they are polled for"));
			await().during(Duration.ofSeconds(2)).atMost(PATIENCE).until(() -> this.heads.get() == 0);
		}
		assertThat(output.getOut().split("they are polled for", -1)).hasSize(2);
		assertThat(output.getOut()).doesNotContain("topsecret");
	}

	private void listen(String url) {
		this.threads
			.execute(new HeadSubscription(URI.create(url), Map.of("X-Key", "topsecret"), this.heads::incrementAndGet));
	}

}
