package org.megaetl.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.HdrHistogram.Histogram;
import org.megaetl.benchmarks.systems.Orders;

/**
 * Posts orders on a number of connections, all with one thread. Either each connection
 * sends the next order when the last is answered, or orders are sent at a fixed rate,
 * whatever the answers do: an order that has to wait for a free connection then counts
 * from when it should have been sent, so that a server that stalls cannot hide it.
 */
final class LoadGenerator {

	/**
	 * How long a system gets before it is measured: until then the compilers of its
	 * virtual machine take more time than it does itself. What runs with one connection
	 * may be other code than with many.
	 */
	private static final double WARM_UP_SECONDS = 20;

	private static final byte[] END_OF_HEADERS = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

	private static final String LENGTH = "content-length:";

	private final Selector selector;

	private final Deque<Connection> idle = new ArrayDeque<>();

	private final Histogram latency = new Histogram(TimeUnit.MINUTES.toMicros(1), 3);

	/** The time between two orders in nanoseconds, 0 to send without pause. */
	private final long interval;

	private final long end;

	private final int paths;

	private long due = System.nanoTime();

	private long nextId;

	private int underWay;

	private long refused;

	private LoadGenerator(int port, int connections, double seconds, int rate, int paths, long firstId)
			throws IOException {
		this.selector = Selector.open();
		this.interval = (rate > 0) ? TimeUnit.SECONDS.toNanos(1) / rate : 0;
		this.paths = paths;
		this.nextId = firstId;
		for (int i = 0; i < connections; i++) {
			this.idle.add(new Connection(port));
		}
		this.end = System.nanoTime() + (long) (seconds * 1e9);
	}

	/**
	 * Sends orders.
	 * @param port the server's port on this machine
	 * @param connections the number of connections
	 * @param seconds how long
	 * @param rate how many orders a second, 0 for as many as are answered
	 * @param firstId the number of the first order
	 * @return what came of it
	 * @throws IOException if the server cannot be reached or does not keep to HTTP
	 */
	static Load run(int port, int connections, double seconds, int rate, long firstId) throws IOException {
		return run(port, connections, seconds, rate, 1, firstId);
	}

	/**
	 * Sends as many orders as are answered, until a system is warm.
	 */
	static Load warmUp(int port, int connections, int paths, long firstId) throws IOException {
		return run(port, connections, WARM_UP_SECONDS, 0, paths, firstId);
	}

	/**
	 * Sends orders to several paths in turn: {@code /orders}, {@code /orders-1} and so
	 * on.
	 * @param paths the number of paths
	 */
	static Load run(int port, int connections, double seconds, int rate, int paths, long firstId) throws IOException {
		long start = System.nanoTime();
		LoadGenerator generator = new LoadGenerator(port, connections, seconds, rate, paths, firstId);
		try {
			generator.run();
		}
		finally {
			for (SelectionKey key : generator.selector.keys()) {
				key.channel().close();
			}
			generator.selector.close();
		}
		Histogram latency = generator.latency;
		return new Load(generator.nextId - firstId, generator.refused,
				latency.getTotalCount() * 1e9 / (System.nanoTime() - start), latency.getValueAtPercentile(50) / 1000.0,
				latency.getValueAtPercentile(99) / 1000.0);
	}

	private void run() throws IOException {
		while (true) {
			long now = System.nanoTime();
			if (now < this.end) {
				send(now);
			}
			else if (this.underWay == 0) {
				return;
			}
			// a pause would be longer than the interval
			if (this.interval > 0 && !this.idle.isEmpty() && now < this.end) {
				this.selector.selectNow();
			}
			else {
				this.selector.select(100);
			}
			var keys = this.selector.selectedKeys().iterator();
			while (keys.hasNext()) {
				((Connection) keys.next().attachment()).receive();
				keys.remove();
			}
		}
	}

	private void send(long now) throws IOException {
		while (!this.idle.isEmpty() && (this.interval == 0 || this.due <= now)) {
			this.idle.remove().send((this.interval == 0) ? System.nanoTime() : this.due, this.nextId++);
			this.due += this.interval;
		}
	}

	private String path(long id) {
		return (id % this.paths == 0) ? "/orders" : "/orders-" + id % this.paths;
	}

	/**
	 * What came of sending.
	 *
	 * @param sent the number of orders sent, all of which were answered
	 * @param refused how many were not answered with 200
	 * @param perSecond how many were answered in a second
	 * @param median the median of the times to the answer, in milliseconds
	 * @param p99 what 99 of 100 of them did not exceed
	 */
	record Load(long sent, long refused, double perSecond, double median, double p99) {

		/**
		 * Returns how many were sent, if all of them were answered with 200.
		 * @param system the system that they were sent to
		 */
		long allAccepted(String system) {
			if (this.refused > 0) {
				throw new IllegalStateException(system + " has refused " + this.refused + " orders");
			}
			return this.sent;
		}

	}

	/**
	 * One connection, on which one order at a time is under way.
	 */
	private final class Connection {

		private final SocketChannel channel;

		private final ByteBuffer input = ByteBuffer.allocate(1 << 14);

		private long sentAt;

		private Connection(int port) throws IOException {
			this.channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
			this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			this.channel.configureBlocking(false);
			this.channel.register(LoadGenerator.this.selector, SelectionKey.OP_READ, this);
		}

		private void send(long at, long id) throws IOException {
			this.sentAt = at;
			byte[] body = Orders.json(id);
			ByteArrayOutputStream request = new ByteArrayOutputStream(512);
			request
				.writeBytes(("POST " + path(id) + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
						+ "Content-Length: " + body.length + "\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
			request.writeBytes(body);
			ByteBuffer output = ByteBuffer.wrap(request.toByteArray());
			while (output.hasRemaining()) {
				this.channel.write(output);
			}
			LoadGenerator.this.underWay++;
		}

		private void receive() throws IOException {
			if (this.channel.read(this.input) < 0) {
				throw new IOException("The server has closed a connection");
			}
			if (!isComplete()) {
				return;
			}
			long micros = (System.nanoTime() - this.sentAt) / 1000;
			LoadGenerator.this.latency.recordValue(Math.min(micros, TimeUnit.MINUTES.toMicros(1)));
			// "HTTP/1.1 200"
			if (this.input.get(9) != '2' || this.input.get(11) != '0') {
				LoadGenerator.this.refused++;
			}
			this.input.clear();
			LoadGenerator.this.underWay--;
			LoadGenerator.this.idle.add(this);
		}

		private boolean isComplete() {
			byte[] bytes = this.input.array();
			int length = this.input.position();
			for (int i = 0; i <= length - END_OF_HEADERS.length; i++) {
				if (bytes[i] == '\r' && bytes[i + 2] == '\r' && bytes[i + 1] == '\n' && bytes[i + 3] == '\n') {
					String headers = new String(bytes, 0, i + 2, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
					int at = headers.indexOf(LENGTH);
					int body = (at < 0) ? 0 : Integer
						.parseInt(headers.substring(at + LENGTH.length(), headers.indexOf('\r', at)).strip());
					return length >= i + END_OF_HEADERS.length + body;
				}
			}
			return false;
		}

	}

}
