package org.megaetl.test.audit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands between an application and its database, cuts the connection around a COMMIT,
 * and makes the database slow.
 */
final class CuttingProxy implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(CuttingProxy.class);

	private static final int COM_QUERY = 3;

	private static final byte[] COMMIT = "commit".getBytes(StandardCharsets.US_ASCII);

	private final ServerSocket server;

	private final int target;

	private final long delayMillis;

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		return thread;
	});

	private final AtomicReference<@Nullable Cut> next = new AtomicReference<>();

	private final AtomicInteger cutBefore = new AtomicInteger();

	private final AtomicInteger cutAfter = new AtomicInteger();

	CuttingProxy(int target, Duration delay) throws IOException {
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		this.target = target;
		this.delayMillis = delay.toMillis();
		this.threads.execute(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * Cut the connection that commits next.
	 * @param cut where, or {@code null} to let it be
	 */
	void cutAtNextCommit(@Nullable Cut cut) {
		this.next.set(cut);
	}

	int cuts(Cut cut) {
		return ((cut == Cut.BEFORE_SERVER_SEES_COMMIT) ? this.cutBefore : this.cutAfter).get();
	}

	private void accept() {
		while (!this.server.isClosed()) {
			try {
				Socket client = this.server.accept();
				this.threads.execute(() -> connect(client));
			}
			catch (IOException ex) {
				logger.debug("No more connections", ex);
			}
		}
	}

	private void connect(Socket client) {
		try {
			Socket database = new Socket(InetAddress.getLoopbackAddress(), this.target);
			client.setTcpNoDelay(true);
			database.setTcpNoDelay(true);
			Connection connection = new Connection(client, database);
			this.threads.execute(connection::pumpReplies);
			connection.pumpCommands();
		}
		catch (IOException ex) {
			close(client);
		}
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			logger.debug("Closing failed", ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
		this.threads.shutdownNow();
	}

	/**
	 * Where a connection is cut.
	 */
	enum Cut {

		/** The database does not get the command, and rolls back. */
		BEFORE_SERVER_SEES_COMMIT,

		/** The database has committed, the application does not get to know. */
		BEFORE_CLIENT_SEES_REPLY

	}

	private final class Connection {

		private final Socket client;

		private final Socket database;

		private volatile boolean dropReply;

		Connection(Socket client, Socket database) {
			this.client = client;
			this.database = database;
		}

		void pumpCommands() {
			byte[] buffer = new byte[1 << 16];
			try (InputStream in = this.client.getInputStream(); OutputStream out = this.database.getOutputStream()) {
				for (int length = in.read(buffer); length != -1; length = in.read(buffer)) {
					Cut cut = isCommit(buffer, length) ? CuttingProxy.this.next.getAndSet(null) : null;
					if (cut == Cut.BEFORE_SERVER_SEES_COMMIT) {
						CuttingProxy.this.cutBefore.incrementAndGet();
						break;
					}
					this.dropReply = cut != null;
					out.write(buffer, 0, length);
				}
			}
			catch (IOException ex) {
				logger.debug("Cut", ex);
			}
			cut();
		}

		void pumpReplies() {
			byte[] buffer = new byte[1 << 16];
			try (InputStream in = this.database.getInputStream(); OutputStream out = this.client.getOutputStream()) {
				for (int length = in.read(buffer); length != -1; length = in.read(buffer)) {
					if (this.dropReply) {
						CuttingProxy.this.cutAfter.incrementAndGet();
						break;
					}
					if (CuttingProxy.this.delayMillis > 0) {
						Pauses.pause(CuttingProxy.this.delayMillis);
					}
					out.write(buffer, 0, length);
				}
			}
			catch (IOException ex) {
				logger.debug("Cut", ex);
			}
			cut();
		}

		private boolean isCommit(byte[] buffer, int length) {
			if (length != COMMIT.length + 5 || buffer[4] != COM_QUERY) {
				return false;
			}
			for (int i = 0; i < COMMIT.length; i++) {
				if ((buffer[i + 5] | 0x20) != COMMIT[i]) {
					return false;
				}
			}
			return true;
		}

		private void cut() {
			CuttingProxy.close(this.client);
			CuttingProxy.close(this.database);
		}

	}

}
