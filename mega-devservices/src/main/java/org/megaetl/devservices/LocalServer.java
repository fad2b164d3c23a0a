package org.megaetl.devservices;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A server on a loopback port, with a directory of its own. It ends when it is closed,
 * and at the latest with this JVM.
 */
public abstract sealed class LocalServer implements AutoCloseable permits MariaDbServer, RedisServer, KafkaServer {

	private static final Log logger = LogFactory.getLog(LocalServer.class);

	private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

	private static final int PORT_ATTEMPTS = 10;

	/**
	 * What a line contains that says why a program did not run: of the loaders of Linux
	 * and macOS, and of the servers.
	 */
	private static final Pattern CAUSE = Pattern.compile("error while loading|Library not loaded|ERROR|Exception");

	private static final int EXCERPT = 20;

	private static final int MOST_PORT = 65_535;

	private final String product;

	private final ServiceDirectory directory;

	private boolean portFixed;

	private int port;

	private @Nullable ServerProcess process;

	/**
	 * Create a server that does not run yet.
	 * @param product the product's name
	 * @param directory the directory, which the server owns from now on
	 * @param port the port, or 0 for the one of last time or else any free one
	 */
	LocalServer(String product, ServiceDirectory directory, int port) {
		this.product = product;
		this.directory = directory;
		this.portFixed = port != 0;
		this.port = port;
	}

	/**
	 * Start a new server. If it fails to start, its directory is released.
	 * @param <S> the kind of server
	 * @param server the server
	 * @param fresh whether data of an earlier run is deleted
	 * @return the running server
	 * @throws DevServiceException if the server does not start
	 */
	static <S extends LocalServer> S start(S server, boolean fresh) {
		LocalServer started = server;
		started.startNew(fresh);
		return server;
	}

	private void startNew(boolean fresh) {
		try {
			prepare(fresh);
			start();
		}
		catch (IOException ex) {
			close();
			throw DevServicesDirectories.unusable(directory(), key(), ex);
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	private void prepare(boolean fresh) throws IOException {
		this.directory.stopOrphan(pidFile(), program(), ownArgument())
			.ifPresent((pid) -> logger
				.info("Stopped %s (process %d), which an earlier run had left behind".formatted(this.product, pid)));
		if (fresh) {
			this.directory.delete("data");
		}
		prepareData();
		if (this.port == 0) {
			this.port = ServiceDirectory.readNumber(portFile())
				.filter((number) -> number <= MOST_PORT)
				.map(Long::intValue)
				.orElse(0);
		}
	}

	/**
	 * The file name of the program that runs, by which a process left behind is known.
	 */
	abstract String program();

	/**
	 * An argument of the program that no other server has.
	 */
	abstract String ownArgument();

	/**
	 * Make the data directory, if the program does not.
	 */
	abstract void prepareData() throws IOException;

	/**
	 * The program and its arguments, with what it needs written into the directory.
	 */
	abstract List<String> command() throws IOException;

	/**
	 * Whether the server that was started accepts connections.
	 */
	abstract boolean isReady() throws IOException;

	/**
	 * Whether the server that was started has ended since its port was taken.
	 */
	abstract boolean isPortTaken() throws IOException;

	abstract DevServiceException startFailure(String doing);

	/**
	 * Start the server again, on the same port and with what it kept of its data. Does
	 * nothing if it is running.
	 * @throws DevServiceException if the server does not start
	 */
	public final synchronized void start() {
		if (isRunning()) {
			return;
		}
		try {
			for (int attempt = 1; !tryStart(attempt == PORT_ATTEMPTS); attempt++) {
				this.port = FreePort.find();
			}
			this.portFixed = true;
			Files.writeString(portFile(), Integer.toString(this.port));
		}
		catch (IOException ex) {
			throw startFailure("start: " + ex);
		}
		catch (InterruptedException ex) {
			stop();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while %s was starting".formatted(this.product), ex);
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
		List<String> command = command();
		Files.deleteIfExists(log());
		Files.createFile(log());
		ServerProcess started = ServerProcess.start(command, log());
		this.process = started;
		Files.writeString(pidFile(), Long.toString(started.pid()));
		long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
		while (!isReady()) {
			if (started.awaitExit(Duration.ofMillis(20))) {
				if (!last && !this.portFixed && isPortTaken()) {
					return false;
				}
				throw startFailure("start on port %d".formatted(this.port));
			}
			if (System.nanoTime() > deadline) {
				started.kill();
				throw startFailure("start in %s".formatted(START_TIMEOUT));
			}
		}
		return true;
	}

	/**
	 * Stop the server in an orderly way. It can be started again.
	 */
	public final synchronized void stop() {
		if (this.process != null) {
			this.process.stop();
		}
	}

	/**
	 * End the server as a crash would (SIGKILL). It can be started again.
	 */
	public final synchronized void kill() {
		if (this.process != null) {
			this.process.kill();
		}
	}

	/**
	 * Whether the server's process is running.
	 * @return whether the server's process is running
	 */
	public final synchronized boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	/**
	 * The server's process number.
	 * @return the process number of the running, or else of the last server
	 */
	public final synchronized long pid() {
		if (this.process == null) {
			throw new IllegalStateException("The server has never run");
		}
		return this.process.pid();
	}

	/**
	 * The TCP port on 127.0.0.1, which stays the same when the server is started again.
	 * @return the port
	 */
	public final synchronized int port() {
		return this.port;
	}

	/**
	 * The directory that holds the data, the log and the lock of this server.
	 * @return an absolute path
	 */
	public final Path directory() {
		return this.directory.resolve("");
	}

	/**
	 * Stop the server and give its directory free.
	 */
	@Override
	public final void close() {
		stop();
		try {
			this.directory.close();
		}
		catch (IOException ex) {
			logger.warn("The lock on %s could not be released".formatted(directory()), ex);
		}
	}

	final boolean logContains(String text) throws IOException {
		return Files.readString(log(), StandardCharsets.ISO_8859_1).contains(text);
	}

	/**
	 * Returns the end of a log, and before it what is further up and names a cause: much
	 * advice may follow after that.
	 */
	static String excerpt(Path log) {
		try {
			List<String> lines = lines(log);
			int end = Math.max(0, lines.size() - EXCERPT);
			Stream<String> causes = lines.subList(0, end).stream().filter(CAUSE.asPredicate()).limit(EXCERPT);
			return Stream.concat(causes, lines.subList(end, lines.size()).stream())
				.collect(Collectors.joining(System.lineSeparator()));
		}
		catch (IOException ex) {
			return "(unreadable: " + ex + ")";
		}
	}

	private static List<String> lines(Path log) throws IOException {
		try {
			return Files.readAllLines(log);
		}
		catch (MalformedInputException ex) {
			// the machine's messages have an encoding of their own
			return Files.readAllLines(log, StandardCharsets.ISO_8859_1);
		}
	}

	final ServiceDirectory files() {
		return this.directory;
	}

	final Path data() {
		return this.directory.resolve("data");
	}

	final Path log() {
		return this.directory.resolve(key() + ".log");
	}

	final Path pidFile() {
		return this.directory.resolve(key() + ".pid");
	}

	private Path portFile() {
		return this.directory.resolve("port");
	}

	private String key() {
		return DevServicesDirectories.key(this.product);
	}

}
