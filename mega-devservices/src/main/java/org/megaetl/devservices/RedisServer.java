package org.megaetl.devservices;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server on a loopback port, with a directory of its own. It ends when it is
 * closed, and at the latest with this JVM.
 */
public final class RedisServer implements RedisService {

	private static final Log logger = LogFactory.getLog(RedisServer.class);

	private static final Duration START_TIMEOUT = Duration.ofMinutes(1);

	private static final int PORT_ATTEMPTS = 10;

	private final RedisProgram program;

	private final ServiceDirectory directory;

	private final List<String> args;

	private boolean portFixed;

	private int port;

	private @Nullable ServerProcess process;

	private RedisServer(RedisProgram program, ServiceDirectory directory, int port, List<String> args) {
		this.program = program;
		this.directory = directory;
		this.args = List.copyOf(args);
		this.portFixed = port != 0;
		this.port = port;
	}

	/**
	 * Start a server in a directory.
	 * @param program the program
	 * @param directory the directory, which the server owns from now on: also if it fails
	 * to start, it is released
	 * @param port the port, or 0 for the one of last time or else any free one
	 * @param fresh whether data of an earlier run is deleted
	 * @param args further arguments of the server's program
	 * @return the running server
	 * @throws DevServiceException if the server does not start
	 */
	static RedisServer start(RedisProgram program, ServiceDirectory directory, int port, boolean fresh,
			List<String> args) {
		RedisServer server = new RedisServer(program, directory, port, args);
		try {
			server.prepareData(fresh);
			server.start();
			return server;
		}
		catch (IOException ex) {
			server.close();
			throw new DevServiceException("The directory %s cannot be used: %s".formatted(directory.resolve(""), ex),
					"Set 'mega.devservices.redis.directory' to a directory that can be written.", ex);
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
	}

	private void prepareData(boolean fresh) throws IOException {
		this.directory.stopOrphan(pidFile(), String.valueOf(this.program.path().getFileName()), data().toString())
			.ifPresent((pid) -> logger
				.info("Stopped Redis (process %d), which an earlier run had left behind".formatted(pid)));
		if (fresh) {
			this.directory.delete("data");
		}
		Files.createDirectories(data());
		if (this.port == 0 && Files.exists(portFile())) {
			this.port = Integer.parseInt(Files.readString(portFile()));
		}
	}

	/**
	 * Start the server again, on the same port and with what it kept of its data. Does
	 * nothing if it is running.
	 * @throws DevServiceException if the server does not start
	 */
	public synchronized void start() {
		if (isRunning()) {
			return;
		}
		try {
			for (int attempt = 1; !tryStart(attempt == PORT_ATTEMPTS); attempt++) {
				this.port = MariaDbServer.freePort();
			}
			this.portFixed = true;
			Files.writeString(portFile(), Integer.toString(this.port));
		}
		catch (IOException ex) {
			throw this.program.startFailure("start: " + ex, log());
		}
		catch (InterruptedException ex) {
			stop();
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while Redis was starting", ex);
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
		ServerProcess started = ServerProcess.start(command(), log());
		this.process = started;
		Files.writeString(pidFile(), Long.toString(started.pid()));
		long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
		while (!logContains("Ready to accept connections")) {
			if (started.awaitExit(Duration.ofMillis(20))) {
				if (!last && !this.portFixed && logContains("Address already in use")) {
					return false;
				}
				throw this.program.startFailure("start on port %d".formatted(this.port), log());
			}
			if (System.nanoTime() > deadline) {
				started.kill();
				throw this.program.startFailure("start in %s".formatted(START_TIMEOUT), log());
			}
		}
		return true;
	}

	private List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(this.program.path().toString());
		command.addAll(List.of("--bind", "127.0.0.1", "--port", String.valueOf(this.port)));
		command.addAll(List.of("--dir", data().toString(), "--databases", String.valueOf(DATABASES)));
		// else an orphan could not be told from another server
		command.addAll(List.of("--set-proc-title", "no"));
		command.addAll(this.args);
		return command;
	}

	private boolean logContains(String text) throws IOException {
		return Files.readString(log(), StandardCharsets.ISO_8859_1).contains(text);
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

	@Override
	public String host() {
		return "127.0.0.1";
	}

	/**
	 * The TCP port on 127.0.0.1, which stays the same when the server is started again.
	 * @return the port
	 */
	@Override
	public synchronized int port() {
		return this.port;
	}

	/**
	 * What is run, such as {@code Redis 7.0.15}.
	 * @return the server's name
	 */
	public String name() {
		return this.program.name();
	}

	/**
	 * The directory that holds the data, the log and the lock of this server.
	 * @return an absolute path
	 */
	public Path directory() {
		return this.directory.resolve("");
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

	private Path data() {
		return this.directory.resolve("data");
	}

	private Path log() {
		return this.directory.resolve("redis.log");
	}

	private Path pidFile() {
		return this.directory.resolve("redis.pid");
	}

	private Path portFile() {
		return this.directory.resolve("port");
	}

}
