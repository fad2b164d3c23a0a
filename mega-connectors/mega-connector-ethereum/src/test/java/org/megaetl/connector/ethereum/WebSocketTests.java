package org.megaetl.connector.ethereum;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A real node's WebSocket ends the wait for the next poll.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebSocketTests extends ChainTestSupport {

	@Test
	void readsABlockAtOnceThatIsHeardOf(CapturedOutput output) {
		application("poll-interval=10m", "websocket=" + this.node.url().toString().replace("http", "ws"));
		await().atMost(PATIENCE).until(() -> output.getOut().contains("says when there are new blocks"));
		this.notes.mineEach("a");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).contains("a"));
		this.notes.mineEach("b");
		awaitWhatTheChainHas();
	}

	@Test
	void pollsWhereTheWebSocketIsBroken(CapturedOutput output) {
		application("websocket=ws://127.0.0.1:1");
		await().atMost(PATIENCE).until(() -> output.getOut().contains("they are polled for"));
		this.notes.mineEach("a", "b");
		awaitWhatTheChainHas();
	}

}
