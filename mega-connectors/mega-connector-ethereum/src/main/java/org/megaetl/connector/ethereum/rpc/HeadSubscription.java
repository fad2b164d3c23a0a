package org.megaetl.connector.ethereum.rpc;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpHeaders;

/**
 * Hears over a WebSocket that there is a new block, and says so. Nothing that is heard is
 * believed beyond that, and nothing depends on it: who listens looks for blocks anyway.
 */
public final class HeadSubscription implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(HeadSubscription.class);

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final Duration PING_INTERVAL = Duration.ofSeconds(20);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

	private static final Duration LAST_PAUSE = Duration.ofMinutes(1);

	/** A header has about 2,000. */
	private static final int MOST_CHARACTERS = 200_000;

	private static final String SUBSCRIBE = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\","
			+ "\"params\":[\"newHeads\"]}";

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

	private final String name;

	private final Secrets secrets;

	private final Map<String, String> headers;

	private final Runnable onHead;

	private volatile int failures;

	/**
	 * Creates a subscription.
	 * @param url where the WebSocket is; user and password in it become HTTP Basic
	 * authentication
	 * @param headers sent when it is opened
	 * @param onHead called for each new block, and must not take long
	 */
	public HeadSubscription(URI url, Map<String, String> headers, Runnable onHead) {
		this.name = RpcEndpoint.nameOf(url);
		this.secrets = new Secrets(url, headers);
		this.headers = Map.copyOf(headers);
		this.onHead = onHead;
	}

	/**
	 * Listens, and opens the WebSocket again whenever it breaks, until the thread is
	 * interrupted.
	 */
	@Override
	public void run() {
		try {
			while (true) {
				String reason = listen();
				int before = this.failures;
				this.failures = before + 1;
				if (before == 0) {
					logger.warn("The WebSocket at {} does not say when there are new blocks; they are polled for: {}",
							this.name, this.secrets.hideIn(reason));
				}
				TimeUnit.MILLISECONDS
					.sleep(Math.min(LAST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(before, 10)));
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The WebSocket at {} is closed", this.name, ex);
		}
	}

	/**
	 * Listens for as long as the WebSocket works.
	 * @return why it does not work any more
	 */
	private String listen() throws InterruptedException {
		Listener listener = new Listener();
		WebSocket.Builder builder = this.http.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT);
		this.headers.forEach(builder::header);
		String user = this.secrets.basic();
		if (user != null) {
			builder.header(HttpHeaders.AUTHORIZATION, "Basic " + user);
		}
		WebSocket socket = null;
		try {
			socket = done(builder.buildAsync(this.secrets.urlWithoutUser(), listener));
			done(socket.sendText(SUBSCRIBE, true));
			while (listener.isAlive()) {
				if (listener.awaitEnd(PING_INTERVAL)) {
					return done(listener.end);
				}
				done(socket.sendPing(ByteBuffer.allocate(0)));
			}
			return "it does not answer";
		}
		catch (ExecutionException ex) {
			return String.valueOf(ex.getCause());
		}
		catch (TimeoutException ex) {
			return "it takes too long";
		}
		finally {
			if (socket != null) {
				socket.abort();
			}
		}
	}

	private static <T> T done(CompletableFuture<T> future)
			throws InterruptedException, ExecutionException, TimeoutException {
		return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Takes what comes over one connection.
	 */
	private final class Listener implements WebSocket.Listener {

		private final CompletableFuture<String> end = new CompletableFuture<>();

		private final StringBuilder text = new StringBuilder();

		private volatile boolean heard = true;

		/**
		 * Returns whether anything was heard since this was asked last.
		 */
		private boolean isAlive() {
			boolean alive = this.heard;
			this.heard = false;
			return alive;
		}

		private boolean awaitEnd(Duration time) throws InterruptedException, ExecutionException {
			try {
				this.end.get(time.toMillis(), TimeUnit.MILLISECONDS);
				return true;
			}
			catch (TimeoutException ex) {
				// it works, or is silent for another reason
				return false;
			}
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.heard = true;
			if (this.text.length() < MOST_CHARACTERS) {
				this.text.append(data);
			}
			if (last) {
				String whole = this.text.toString();
				this.text.setLength(0);
				take(whole);
			}
			socket.request(1);
			return null;
		}

		private void take(String whole) {
			try {
				JsonNode message = JsonMapper.shared().readTree(whole);
				if (message.path("method").asString("").equals("eth_subscription")) {
					HeadSubscription.this.failures = 0;
					HeadSubscription.this.onHead.run();
				}
				else if (message.has("error")) {
					this.end.complete("it refuses to: " + message.path("error").path("message").asString(""));
				}
				else if (message.has("result")) {
					logger.info("The WebSocket at {} says when there are new blocks", HeadSubscription.this.name);
				}
			}
			catch (JacksonException ex) {
				this.end.complete("its messages are not JSON");
			}
		}

		@Override
		public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
			this.heard = true;
			socket.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			this.end.complete("it was closed with code " + code + (reason.isEmpty() ? "" : ": " + reason));
			return null;
		}

		@Override
		public void onError(WebSocket socket, Throwable error) {
			this.end.complete(String.valueOf(error));
		}

	}

}
