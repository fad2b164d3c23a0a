package org.megaetl.devservices;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A server that runs as a child process and never outlives this JVM, however the JVM
 * ends.
 * <p>
 * Between the JVM and the server stands a watchdog, a shell whose standard input is a
 * pipe from the JVM. When the pipe closes, because {@link #stop()} closed it or because
 * the JVM is gone ({@code kill -9} included), the watchdog asks the server to end and
 * later forces it. The watchdog is the server's parent, so that the process number it
 * signals cannot have been given to another process.
 */
final class ServerProcess {

	/**
	 * Arguments: log file, seconds of grace, command. It writes the server's process
	 * number to its standard output, and ends with the server's status.
	 */
	private static final String WATCHDOG = """
			trap '' HUP INT QUIT
			log=$1; grace=$2; shift 2
			exec 3<&0
			"$@" </dev/null >>"$log" 2>&1 3<&- &
			server=$!
			(
				while read -r _; do :; done
				kill -TERM $server
				while [ $grace -gt 0 ] && kill -0 $server; do sleep 1; grace=$((grace - 1)); done
				kill -KILL $server
			) <&3 >/dev/null 2>&1 &
			reader=$!
			echo $server
			wait $server
			status=$?
			kill $reader
			exit $status
			""";

	/**
	 * How long a server may take to end when asked, before it is killed.
	 */
	private static final Duration GRACE = Duration.ofSeconds(30);

	private final Process watchdog;

	private final ProcessHandle server;

	private ServerProcess(Process watchdog, ProcessHandle server) {
		this.watchdog = watchdog;
		this.server = server;
	}

	/**
	 * Start a server.
	 * @param command the program and its arguments
	 * @param log the file that receives what the server prints
	 * @return the running process, which is not necessarily ready to serve
	 * @throws IOException if the shell cannot be started
	 */
	static ServerProcess start(List<String> command, Path log) throws IOException {
		List<String> shell = new ArrayList<>();
		String script = WATCHDOG;
		// A terminal's signals reach every process of its foreground group. The server
		// has
		// to stay until the application has closed, so it gets a group of its own.
		if (isOnPath("setsid")) {
			shell.add("setsid");
		}
		else if (System.getProperty("os.name").startsWith("Mac")) {
			script = "set -m\n" + script;
		}
		shell.addAll(List.of("sh", "-c", script, "watchdog", log.toString(), Long.toString(GRACE.toSeconds())));
		shell.addAll(command);
		Process watchdog = new ProcessBuilder(shell).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
			.start();
		BufferedReader output = watchdog.inputReader(StandardCharsets.UTF_8);
		String line = output.readLine();
		if (line == null) {
			throw new IOException("The shell that runs %s ended at once".formatted(command.get(0)));
		}
		long pid = Long.parseLong(line);
		return new ServerProcess(watchdog, ProcessHandle.of(pid).orElse(watchdog.toHandle()));
	}

	private static boolean isOnPath(String program) {
		String path = System.getenv("PATH");
		return path != null && Stream.of(path.split(File.pathSeparator))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, program)));
	}

	/**
	 * The server's process number.
	 * @return the process number, also after the server has ended
	 */
	long pid() {
		return this.server.pid();
	}

	boolean isAlive() {
		return this.watchdog.isAlive();
	}

	/**
	 * Wait for the server to end.
	 * @param timeout how long to wait at most
	 * @return whether it has ended
	 * @throws InterruptedException if the thread is interrupted
	 */
	boolean awaitExit(Duration timeout) throws InterruptedException {
		return this.watchdog.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Ask the server to end, and wait until it has. An interrupt ends the waiting, not
	 * the stopping.
	 */
	void stop() {
		try {
			this.watchdog.getOutputStream().close();
		}
		catch (IOException ex) {
			// The watchdog has ended, and the server before it
		}
		awaitEnd(GRACE.plusSeconds(10));
	}

	/**
	 * End the server as a crash would (SIGKILL), and wait until it is gone.
	 */
	void kill() {
		this.server.destroyForcibly();
		awaitEnd(GRACE);
	}

	private void awaitEnd(Duration timeout) {
		if (!await(CompletableFuture.allOf(this.server.onExit(), this.watchdog.onExit()), timeout)) {
			throw new IllegalStateException("Process %d has not ended in %s".formatted(pid(), timeout));
		}
	}

	/**
	 * End a process that is not a child of this JVM: ask it, and after a time of grace
	 * force it.
	 * @param process the process to end
	 */
	static void end(ProcessHandle process) {
		process.destroy();
		if (!await(process.onExit(), GRACE)) {
			process.destroyForcibly();
			await(process.onExit(), GRACE);
		}
	}

	/**
	 * Wait for an end. An interrupt counts as one, and stays set.
	 * @param end completes when what is waited for has ended
	 * @param timeout how long to wait at most
	 * @return {@code false} after the timeout
	 */
	private static boolean await(CompletableFuture<?> end, Duration timeout) {
		try {
			end.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
