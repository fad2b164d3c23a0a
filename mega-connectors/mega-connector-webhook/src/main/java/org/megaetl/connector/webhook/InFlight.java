package org.megaetl.connector.webhook;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what all requests together hold in memory, until each is settled. Bodies count
 * as their bytes arrive: what is only announced costs nothing, but for what the server
 * sets aside for a body of HTTP/2.
 */
final class InFlight {

	/**
	 * What Tomcat holds for a body of HTTP/2 from its first byte until the request is
	 * answered, however small it is: two buffers of the size that a sender may send ahead
	 * (65,535 bytes). That size cannot be smaller, as senders are free to begin before
	 * they are told it (RFC 9113, 6.9.2).
	 */
	static final int HTTP2_BUFFERS = 2 * 65_535;

	private static final Answer BUSY = Answer.busy();

	private final int maxRequests;

	private final long maxBytes;

	private final Semaphore http2Bodies;

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicLong bytes = new AtomicLong();

	InFlight(int maxRequests, long maxBytes) {
		this.maxRequests = maxRequests;
		this.maxBytes = maxBytes;
		this.http2Bodies = new Semaphore((int) Math.min(Integer.MAX_VALUE, Math.max(1, maxBytes / 2 / HTTP2_BUFFERS)));
	}

	/**
	 * Lets a request in.
	 * @throws RefusedException if there are too many
	 */
	Ticket admit() throws RefusedException {
		if (this.requests.incrementAndGet() > this.maxRequests) {
			this.requests.decrementAndGet();
			throw new RefusedException(BUSY, this.maxRequests + " requests are under way already");
		}
		return new Ticket();
	}

	int requests() {
		return this.requests.get();
	}

	long bytes() {
		return this.bytes.get();
	}

	/**
	 * A request's share.
	 */
	final class Ticket {

		private long size;

		private boolean http2;

		private boolean released;

		private Ticket() {
		}

		/**
		 * Takes memory.
		 * @throws RefusedException if there is not so much left
		 */
		synchronized void grow(long size) throws RefusedException {
			if (this.released) {
				return;
			}
			if (InFlight.this.bytes.addAndGet(size) > InFlight.this.maxBytes) {
				InFlight.this.bytes.addAndGet(-size);
				throw new RefusedException(BUSY,
						"the requests under way hold " + InFlight.this.bytes.get() + " bytes already");
			}
			this.size += size;
		}

		/**
		 * Takes what the server holds for a body of HTTP/2. It costs a sender no more
		 * than headers, so all together take half of the memory at most: the rest is left
		 * for bytes that have arrived.
		 * @throws RefusedException if there is not so much left
		 */
		synchronized void growByHttp2Buffers() throws RefusedException {
			if (this.released) {
				return;
			}
			if (!InFlight.this.http2Bodies.tryAcquire()) {
				throw new RefusedException(BUSY, "the server holds buffers for as many bodies of HTTP/2 as it may");
			}
			this.http2 = true;
			grow(HTTP2_BUFFERS);
		}

		synchronized void release() {
			if (!this.released) {
				this.released = true;
				if (this.http2) {
					InFlight.this.http2Bodies.release();
				}
				InFlight.this.requests.decrementAndGet();
				InFlight.this.bytes.addAndGet(-this.size);
			}
		}

	}

}
