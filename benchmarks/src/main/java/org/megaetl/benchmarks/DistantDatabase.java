package org.megaetl.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Puts a database farther away: what either side sends arrives later, but no slower.
 */
final class DistantDatabase implements AutoCloseable {

	private final ServerSocket server;

	private final int target;

	private final long delay;

	/**
	 * Starts to pass on what is sent.
	 * @param target the database's port on this machine
	 * @param roundTrip how long a question and its answer take together
	 */
	DistantDatabase(int target, Duration roundTrip) throws IOException {
		this.target = target;
		this.delay = roundTrip.toNanos() / 2;
		this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start("accept", this::accept);
	}

	int port() {
		return this.server.getLocalPort();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.server.accept();
			Socket database = new Socket(InetAddress.getLoopbackAddress(), this.target);
			client.setTcpNoDelay(true);
			database.setTcpNoDelay(true);
			pass(client, database);
			pass(database, client);
		}
	}

	private void pass(Socket from, Socket to) {
		// as much as is on a long line at once
		BlockingQueue<Chunk> underWay = new ArrayBlockingQueue<>(1024);
		start("read", () -> {
			InputStream input = from.getInputStream();
			byte[] buffer = new byte[1 << 16];
			int length = input.read(buffer);
			while (length >= 0) {
				byte[] bytes = new byte[length];
				System.arraycopy(buffer, 0, bytes, 0, length);
				underWay.put(new Chunk(bytes, System.nanoTime() + this.delay));
				length = input.read(buffer);
			}
			underWay.put(new Chunk(new byte[0], 0));
		});
		start("write", () -> {
			OutputStream output = to.getOutputStream();
			for (Chunk chunk = underWay.take(); chunk.bytes.length > 0; chunk = underWay.take()) {
				long rest = chunk.due - System.nanoTime();
				if (rest > 0) {
					TimeUnit.NANOSECONDS.sleep(rest);
				}
				output.write(chunk.bytes);
			}
			to.close();
		});
	}

	private static void start(String name, Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// one of the two has closed its side
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "distance-" + name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.server.close();
	}

	private interface Task {

		void run() throws IOException, InterruptedException;

	}

	/**
	 * What was sent at once.
	 *
	 * @param bytes what was sent; nothing ends it
	 * @param due when it arrives, by {@link System#nanoTime()}
	 */
	private record Chunk(byte[] bytes, long due) {

	}

}
