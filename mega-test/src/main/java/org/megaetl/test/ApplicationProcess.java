package org.megaetl.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program in a JVM of its own, which can be killed and frozen. It ends with this JVM at
 * the latest, if its main method calls {@link #endWithParent()}.
 */
public final class ApplicationProcess implements AutoCloseable {

	/** Started often and for a short time: compiling well would not pay. */
	private static final List<String> JVM_ARGUMENTS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
			"-Xshare:auto");

	private final Process process;

	private final Path output;

	private ApplicationProcess(Process process, Path output) {
		this.process = process;
		this.output = output;
	}

	/**
	 * Starts a program with the class path of this JVM.
	 * @param output the file its output is appended to
	 * @param jvmArguments arguments of its JVM
	 * @param mainClass the program
	 * @param args the program's arguments
	 * @return the process
	 */
	public static ApplicationProcess start(Path output, List<String> jvmArguments, Class<?> mainClass,
			List<String> args) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(JVM_ARGUMENTS);
		command.addAll(jvmArguments);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass.getName()));
		command.addAll(args);
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
				.start();
			return new ApplicationProcess(process, output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The process cannot be started: " + command, ex);
		}
	}

	/**
	 * Ends this JVM when the one that started it ends. For main methods of programs that
	 * are started here.
	 */
	public static void endWithParent() {
		Thread watchdog = new Thread(() -> {
			try {
				while (System.in.read() != -1) {
					// only the end matters
					continue;
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
			finally {
				Runtime.getRuntime().halt(1);
			}
		}, "parent-watchdog");
		watchdog.setDaemon(true);
		watchdog.start();
	}

	/**
	 * Returns what the program has printed so far.
	 * @return the content of the output file
	 */
	public String output() {
		try {
			return Files.readString(this.output, StandardCharsets.ISO_8859_1);
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The output of the process cannot be read", ex);
		}
	}

	/**
	 * Returns whether the process runs.
	 * @return whether it runs
	 */
	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Returns the number of the process.
	 * @return its number in the operating system
	 */
	public long pid() {
		return this.process.pid();
	}

	/**
	 * Freezes the process (SIGSTOP): what it has open stays open, and it does nothing
	 * more until it is resumed or killed.
	 */
	public void freeze() {
		signal("STOP");
	}

	/**
	 * Lets a frozen process go on (SIGCONT).
	 */
	public void resume() {
		signal("CONT");
	}

	private void signal(String signal) {
		try {
			int result = new ProcessBuilder("kill", "-" + signal, Long.toString(pid())).inheritIO().start().waitFor();
			if (result != 0) {
				throw new IllegalStateException("Process " + pid() + " cannot be sent the signal " + signal);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while sending a signal", ex);
		}
	}

	/**
	 * Kills the process (SIGKILL), frozen or not, and waits until it is gone.
	 */
	public void kill() {
		this.process.destroyForcibly().onExit().join();
	}

	@Override
	public void close() {
		kill();
	}

}
