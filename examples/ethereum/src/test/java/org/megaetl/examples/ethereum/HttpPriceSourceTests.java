package org.megaetl.examples.ethereum;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HttpPriceSource}.
 */
class HttpPriceSourceTests {

	private static final Duration LONG = Duration.ofMinutes(10);

	private final AtomicInteger requests = new AtomicInteger();

	private final CountDownLatch end = new CountDownLatch(1);

	private HttpServer server;

	private volatile int status = 200;

	private volatile String answer = "{\"result\":{\"ethusd\":\"1234.56\"}}";

	@BeforeEach
	void start() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(Executors.newCachedThreadPool());
		this.server.createContext("/", (exchange) -> {
			this.requests.incrementAndGet();
			if (this.answer.equals("late")) {
				awaitEnd();
			}
			byte[] body = this.answer.getBytes(StandardCharsets.UTF_8);
			exchange.getResponseHeaders().set("Content-Type", "application/json");
			exchange.sendResponseHeaders(this.status, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		this.server.start();
	}

	private void awaitEnd() {
		try {
			this.end.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@AfterEach
	void stop() {
		this.end.countDown();
		this.server.stop(0);
	}

	@Test
	void keepsThePriceForAWhile() {
		HttpPriceSource price = price(LONG, LONG);
		assertThat(price.usd()).hasToString("1234.56");
		this.answer = "{\"result\":{\"ethusd\":2000}}";
		assertThat(price.usd()).hasToString("1234.56");
		assertThat(this.requests).hasValue(1);
		HttpPriceSource impatient = price(Duration.ofMillis(50), LONG);
		assertThat(impatient.usd()).hasToString("2000");
		this.answer = "{\"result\":{\"ethusd\":2001}}";
		await().untilAsserted(() -> assertThat(impatient.usd()).hasToString("2001"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "[]", "", "{\"result\":\"Max rate limit reached\"}", "no JSON",
			"{\"result\":{\"ethusd\":\"many\"}}" })
	void refusesAnAnswerWithoutAPriceAndAsksAgain(String odd) {
		String right = this.answer;
		this.answer = odd;
		HttpPriceSource price = price(LONG, LONG);
		assertThatIllegalStateException().isThrownBy(price::usd).withMessageContaining("127.0.0.1");
		this.answer = right;
		assertThat(price.usd()).hasToString("1234.56");
	}

	@Test
	void saysThatTheServiceFailsWithoutItsKey() {
		this.status = 500;
		assertThatIllegalStateException().isThrownBy(price(LONG, LONG)::usd)
			.withMessageContaining("127.0.0.1")
			.withMessageNotContaining("topsecret")
			.withNoCause();
	}

	@Test
	void doesNotWaitForEver() {
		this.answer = "late";
		assertThatIllegalStateException().isThrownBy(price(LONG, Duration.ofMillis(200))::usd)
			.withMessageContaining("127.0.0.1")
			.withMessageNotContaining("topsecret");
	}

	private HttpPriceSource price(Duration kept, Duration timeout) {
		return new HttpPriceSource(
				URI.create("http://127.0.0.1:" + this.server.getAddress().getPort() + "/?apikey=topsecret"),
				"/result/ethusd", kept, timeout);
	}

}
