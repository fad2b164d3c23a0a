package org.megaetl.connector.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between an application and its Redis, and can let connections be silent, as a
 * firewall does that has forgotten them: neither end gets to know.
 */
final class SilentProxy implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(SilentProxy.class);

	private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private final int target;

	private volatile AtomicBoolean silent = new AtomicBoolean();

	private volatile boolean swallowing;

	SilentProxy(int target) throws IOException {
		this.target = target;
		this.threads.execute(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * Drops what comes over the connections there are. Others may still be opened.
	 */
	void silence() {
		AtomicBoolean current = this.silent;
		this.silent = new AtomicBoolean();
		current.set(true);
	}

	/**
	 * Drops what comes over a connection from the subscription on that it asks for.
	 */
	void swallowSubscriptions() {
		this.swallowing = true;
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.server.accept();
				Socket redis = new Socket(InetAddress.getLoopbackAddress(), this.target);
				this.sockets.addAll(List.of(client, redis));
				AtomicBoolean dropped = this.silent;
				AtomicBoolean swallowed = new AtomicBoolean();
				this.threads.execute(() -> pump(client, redis, dropped, swallowed));
				this.threads.execute(() -> pump(redis, client, dropped, swallowed));
			}
		}
		catch (IOException ex) {
			logger.debug("No more connections", ex);
		}
	}

	private void pump(Socket from, Socket to, AtomicBoolean dropped, AtomicBoolean swallowed) {
		byte[] buffer = new byte[1 << 16];
		try (InputStream in = from.getInputStream(); OutputStream out = to.getOutputStream()) {
			for (int length = in.read(buffer); length != -1; length = in.read(buffer)) {
				if (this.swallowing
						&& new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains("SUBSCRIBE")) {
					swallowed.set(true);
				}
				if (!dropped.get() && !swallowed.get()) {
					out.write(buffer, 0, length);
				}
			}
		}
		catch (IOException ex) {
			logger.debug("Closed", ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.threads.shutdownNow();
	}

}
