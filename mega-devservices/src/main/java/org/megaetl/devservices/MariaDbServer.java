package org.megaetl.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A MariaDB server on a loopback port, with a directory of its own. It ends when it is
 * closed, and at the latest with this JVM.
 */
public final class MariaDbServer implements DatabaseServer {

	private static final Log logger = LogFactory.getLog(MariaDbServer.class);

	private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

	private static final int PORT_ATTEMPTS = 10;

	private final MariaDbBinaries binaries;

	private final ServiceDirectory directory;

	private final List<String> args;

	private boolean portFixed;

	private int port;

	private @Nullable ServerProcess process;

	private MariaDbServer(MariaDbBinaries binaries, ServiceDirectory directory, int port, List<String> args) {
		this.binaries = binaries;
		this.directory = directory;
		this.args = List.copyOf(args);
		this.portFixed = port != 0;
		this.port = port;
	}

	/**
	 * Start a server in a directory.
	 * @param binaries the programs
	 * @param directory the directory, which the server owns from now on: also if it fails
	 * to start, it is released
	 * @param port the port, or 0 for the one of last time or else any free one
	 * @param fresh whether data of an earlier run is deleted
	 * @param args further arguments of the server's program
	 * @return the running server
	 * @throws DevServiceException if the server does not start
	 */
	static MariaDbServer start(MariaDbBinaries binaries, ServiceDirectory directory, int port, boolean fresh,
			List<String> args) {
		MariaDbServer server = new MariaDbServer(binaries, directory, port, args);
		try {
			server.prepareData(fresh);
			server.start();
			return server;
		}
		catch (IOException ex) {
			server.close();
			throw new DevServiceException("The directory %s cannot be used: %s".formatted(directory.resolve(""), ex),
					"Set 'mega.devservices.mariadb.directory' to a directory that can be written.", ex);
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	private void prepareData(boolean fresh) throws IOException {
		Optional<Long> orphan = this.directory.stopOrphan(pidFile(), "mariadbd", dataArgument());
		orphan.ifPresent((pid) -> logger
			.info("Stopped MariaDB (process %d), which an earlier run had left behind".formatted(pid)));
		if (fresh) {
			this.directory.delete("data");
		}
		if (!Files.exists(data())) {
			// Copied under another name, so that an interrupted copy is not taken for
			// data
			this.directory.delete("data.part");
			Path part = this.directory.resolve("data.part");
			copy(this.binaries.dataTemplate(), part);
			Files.move(part, data(), StandardCopyOption.ATOMIC_MOVE);
		}
		if (this.port == 0 && Files.exists(portFile())) {
			this.port = Integer.parseInt(Files.readString(portFile()));
		}
	}

	private static void copy(Path source, Path target) throws IOException {
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				Files.copy(file, target.resolve(source.relativize(file).toString()));
			}
		}
	}

	/**
	 * Start the server again, on the same port and with the same data. Does nothing if it
	 * is running.
	 * @throws DevServiceException if the server does not start
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		try {
			for (int attempt = 1; !tryStart(attempt == PORT_ATTEMPTS); attempt++) {
				this.port = freePort();
			}
			this.portFixed = true;
			Files.writeString(portFile(), Integer.toString(this.port));
		}
		catch (IOException ex) {
			throw this.binaries.startFailure("start: " + ex, log());
		}
		catch (InterruptedException ex) {
			stop();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while MariaDB was starting", ex);
		}
	}

	/**
	 * Start the server once.
	 * @param last whether no other port will be tried
	 * @return {@code false} if another port should be tried
	 */
	private boolean tryStart(boolean last) throws IOException, InterruptedException {
		if (this.port == 0) {
			return false;
		}
		Files.deleteIfExists(log());
		Files.createFile(log());
		ServerProcess process = ServerProcess.start(command(), log());
		this.process = process;
		long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
		while (!logContains("ready for connections")) {
			if (process.awaitExit(Duration.ofMillis(20))) {
				if (!last && !this.portFixed && logContains("Bind on TCP/IP port")) {
					return false;
				}
				throw this.binaries.startFailure("start on port %d".formatted(this.port), log());
			}
			if (System.nanoTime() > deadline) {
				process.kill();
				throw this.binaries.startFailure("start in %s".formatted(START_TIMEOUT), log());
			}
		}
		return true;
	}

	private List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(this.binaries.home().resolve("bin/mariadbd").toString());
		command.add("--no-defaults");
		command.add(dataArgument());
		command.add("--basedir=" + this.binaries.home());
		command.add("--pid-file=" + pidFile());
		// SQL cannot read or write files elsewhere
		command.add("--secure-file-priv=" + this.directory.resolve(""));
		command.add("--bind-address=127.0.0.1");
		command.add("--port=" + this.port);
		command.add("--socket=");
		command.add("--skip-name-resolve");
		// Making the keys takes seconds at each start
		command.add("--skip-ssl");
		command.add("--character-set-server=utf8mb4");
		command.add("--max-connections=500");
		command.addAll(MariaDbBinaries.userArgument());
		command.addAll(this.args);
		return command;
	}

	private boolean logContains(String text) throws IOException {
		return Files.readString(log(), StandardCharsets.ISO_8859_1).contains(text);
	}

	/**
	 * Find a port nobody listens on, from below the range that systems give to outgoing
	 * connections: in that range, a client that calls a stopped server can be connected
	 * to itself, and the port can be taken when the server comes back.
	 * @return the port
	 */
	static int freePort() throws IOException {
		for (int attempt = 0; attempt < 100; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
			try (ServerSocket socket = new ServerSocket()) {
				socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
				return port;
			}
			catch (IOException ex) {
				logger.debug("Port %d is taken".formatted(port), ex);
			}
		}
		throw new IOException("None of 100 ports between 20000 and 32767 is free");
	}

	/**
	 * Stop the server in an orderly way. It can be started again.
	 */
	public synchronized void stop() {
		if (this.process != null) {
			this.process.stop();
		}
	}

	/**
	 * End the server as a crash would (SIGKILL). It can be started again.
	 */
	public synchronized void kill() {
		if (this.process != null) {
			this.process.kill();
		}
	}

	/**
	 * Whether the server's process is running.
	 * @return whether the server's process is running
	 */
	public synchronized boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	/**
	 * The server's process number.
	 * @return the process number of the running, or else of the last server
	 */
	public synchronized long pid() {
		if (this.process == null) {
			throw new IllegalStateException("The server has never run");
		}
		return this.process.pid();
	}

	/**
	 * The TCP port on 127.0.0.1, which stays the same when the server is started again.
	 * @return the port
	 */
	public synchronized int port() {
		return this.port;
	}

	/**
	 * The server's version.
	 * @return the version, such as {@code 11.4.5}
	 */
	public String version() {
		return this.binaries.version();
	}

	/**
	 * The directory that holds the data, the log and the lock of this server.
	 * @return an absolute path
	 */
	public Path directory() {
		return this.directory.resolve("");
	}

	@Override
	public String jdbcUrl(String database) {
		return "jdbc:mysql://127.0.0.1:%d/%s".formatted(port(), database);
	}

	@Override
	public String username() {
		return MariaDbBinaries.USERNAME;
	}

	@Override
	public String password() {
		return MariaDbBinaries.PASSWORD;
	}

	/**
	 * Stop the server and give its directory free.
	 */
	@Override
	public void close() {
		stop();
		try {
			this.directory.close();
		}
		catch (IOException ex) {
			logger.warn("The lock on %s could not be released".formatted(directory()), ex);
		}
	}

	private String dataArgument() {
		return "--datadir=" + data();
	}

	private Path data() {
		return this.directory.resolve("data");
	}

	private Path log() {
		return this.directory.resolve("mariadb.log");
	}

	private Path pidFile() {
		return this.directory.resolve("mariadb.pid");
	}

	private Path portFile() {
		return this.directory.resolve("port");
	}

}
