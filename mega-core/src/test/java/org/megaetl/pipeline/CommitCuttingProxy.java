package org.megaetl.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between application and database and, when told to, cuts the connection after
 * the database has committed and before the application hears of it; or before the
 * database hears of the commit. From then on the database may be away. Only commits of
 * rows count, as MEGA deletes old ids in between whenever it likes.
 */
final class CommitCuttingProxy implements AutoCloseable {

	private static final String TABLE = "item";

	private static final String COMMIT = "\u0003commit";

	private final ServerSocket server;

	private final int target;

	private final AtomicInteger cutsAfter = new AtomicInteger();

	private final AtomicInteger cutsBefore = new AtomicInteger();

	private volatile boolean refuses;

	private volatile boolean silent;

	CommitCuttingProxy(int target) throws IOException {
		this.target = target;
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	void cutAfterNextCommit() {
		this.cutsAfter.set(1);
	}

	void cutBeforeNextCommit() {
		this.cutsBefore.set(1);
	}

	/**
	 * Sets whether all connections are cut, and new ones refused, from the next cut on.
	 */
	void refuseConnections(boolean refuse) {
		this.refuses = refuse;
	}

	/**
	 * Sets whether what is sent arrives nowhere, and nobody is told.
	 */
	void beSilent(boolean silent) {
		this.silent = silent;
	}

	boolean hasCut() {
		return this.cutsAfter.get() == 0 && this.cutsBefore.get() == 0;
	}

	private boolean isAway() {
		return this.refuses && hasCut();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			if (isAway()) {
				client.close();
				continue;
			}
			Socket database = new Socket(InetAddress.getLoopbackAddress(), this.target);
			Answers answers = new Answers(client, database);
			start(() -> forwardRequests(client, database, answers));
			start(answers::forward);
		}
	}

	private void forwardRequests(Socket client, Socket database, Answers answers) throws IOException {
		try (client; database) {
			byte[] buffer = new byte[1 << 16];
			InputStream in = client.getInputStream();
			OutputStream out = database.getOutputStream();
			int length;
			boolean hasRows = false;
			while ((length = in.read(buffer)) >= 0) {
				if (isAway()) {
					return;
				}
				if (this.silent) {
					continue;
				}
				String request = new String(buffer, 0, length, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
				hasRows |= request.contains(TABLE);
				boolean commit = hasRows && request.contains(COMMIT);
				if (commit && this.cutsBefore.compareAndSet(1, 0)) {
					return;
				}
				if (commit && this.cutsAfter.compareAndSet(1, 0)) {
					answers.swallow = true;
				}
				hasRows &= !commit;
				out.write(buffer, 0, length);
			}
		}
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

	private static void start(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// one of the two has gone, and so the other goes
				Thread.currentThread().interrupt();
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	private interface Work {

		void run() throws IOException;

	}

	private static final class Answers {

		private final Socket client;

		private final Socket database;

		private volatile boolean swallow;

		private Answers(Socket client, Socket database) {
			this.client = client;
			this.database = database;
		}

		private void forward() throws IOException {
			try (this.client; this.database) {
				byte[] buffer = new byte[1 << 16];
				int length;
				while ((length = this.database.getInputStream().read(buffer)) >= 0) {
					if (this.swallow) {
						// the database has answered: it has committed
						return;
					}
					this.client.getOutputStream().write(buffer, 0, length);
				}
			}
		}

	}

}
