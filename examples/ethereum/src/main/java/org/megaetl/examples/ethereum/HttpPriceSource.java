package org.megaetl.examples.ethereum;

import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Asks a service for the price, at most once in ten minutes. Transactions of which the
 * price cannot be found out become dead letters, to be replayed.
 */
class HttpPriceSource implements PriceSource {

	private final RestClient http;

	private final Duration kept;

	private final URI url;

	private final String pointer;

	private @Nullable BigDecimal price;

	private long askedAt;

	HttpPriceSource(URI url, String pointer) {
		this(url, pointer, Duration.ofMinutes(10), Duration.ofSeconds(5));
	}

	HttpPriceSource(URI url, String pointer, Duration kept, Duration timeout) {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
				HttpClient.newBuilder().connectTimeout(timeout).build());
		requests.setReadTimeout(timeout);
		this.kept = kept;
		this.http = RestClient.builder().requestFactory(requests).build();
		this.url = url;
		this.pointer = pointer;
	}

	@Override
	public synchronized BigDecimal usd() {
		if (this.price == null || System.nanoTime() - this.askedAt > this.kept.toNanos()) {
			this.price = ask();
			this.askedAt = System.nanoTime();
		}
		return this.price;
	}

	private BigDecimal ask() {
		try {
			JsonNode answer = this.http.get().uri(this.url).retrieve().body(JsonNode.class);
			return new BigDecimal((answer != null) ? answer.at(this.pointer).asString("") : "");
		}
		catch (RestClientException | NumberFormatException ex) {
			// without the cause, as the URL may contain a key
			throw new IllegalStateException("The price of an ether cannot be found out at " + this.url.getHost() + ": "
					+ ex.getClass().getSimpleName());
		}
	}

}
