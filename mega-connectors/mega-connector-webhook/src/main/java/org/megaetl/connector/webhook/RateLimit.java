package org.megaetl.connector.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;

/**
 * How many requests a second an inbound takes, from all clients and from each.
 */
final class RateLimit {

	/** The clients that are known at once. One that is forgotten starts anew. */
	static final int MAX_CLIENTS = 10_000;

	private final TimeMeter time;

	private final @Nullable Bucket all;

	private final int perClient;

	private final Map<Object, Bucket> clients = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<Object, Bucket> eldest) {
			return size() > MAX_CLIENTS;
		}

	};

	/**
	 * Creates a limit.
	 * @param all requests a second of all clients, or {@code null} for any number
	 * @param perClient requests a second of a client, or {@code null} for any number
	 */
	RateLimit(@Nullable Integer all, @Nullable Integer perClient) {
		this(all, perClient, TimeMeter.SYSTEM_NANOTIME);
	}

	RateLimit(@Nullable Integer all, @Nullable Integer perClient, TimeMeter time) {
		this.time = time;
		this.all = (all != null) ? bucket(all) : null;
		this.perClient = (perClient != null) ? perClient : 0;
	}

	private Bucket bucket(int perSecond) {
		return Bucket.builder()
			.withCustomTimePrecision(this.time)
			.addLimit((limit) -> limit.capacity(perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
			.build();
	}

	/**
	 * Counts a request.
	 * @param client the address of the client
	 * @throws RefusedException if it is one too many
	 */
	void check(String client) throws RefusedException {
		// first: what a client is refused is not taken from the others
		if (this.perClient > 0) {
			take(client(client), "this client sends");
		}
		if (this.all != null) {
			take(this.all, "all clients together send");
		}
	}

	private static void take(Bucket bucket, String who) throws RefusedException {
		ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
		if (!probe.isConsumed()) {
			throw new RefusedException(Answer.tooMany(Duration.ofNanos(probe.getNanosToWaitForRefill())),
					who + " more than is allowed");
		}
	}

	private Bucket client(String address) {
		Object network = network(address);
		synchronized (this.clients) {
			return this.clients.computeIfAbsent(network, (added) -> bucket(this.perClient));
		}
	}

	/**
	 * Returns whom an address belongs to: of IPv6, everybody has 2<sup>64</sup>.
	 */
	private static Object network(String address) {
		if (address.indexOf(':') < 0) {
			return address;
		}
		try {
			// an address with colons is never looked up
			byte[] bytes = InetAddress.getByName("[" + address + "]").getAddress();
			return ByteBuffer.wrap(bytes, 0, Math.min(8, bytes.length));
		}
		catch (UnknownHostException ex) {
			return address;
		}
	}

}
