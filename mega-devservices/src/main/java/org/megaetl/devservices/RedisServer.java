package org.megaetl.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A Redis server.
 */
public final class RedisServer extends LocalServer implements RedisService {

	static final String PRODUCT = "Redis";

	private final RedisProgram program;

	private final List<String> args;

	/**
	 * Create a server that does not run yet.
	 * @param program the program
	 * @param directory the directory, which the server owns from now on
	 * @param port the port, or 0 for the one of last time or else any free one
	 * @param args further arguments of the server's program
	 */
	RedisServer(RedisProgram program, ServiceDirectory directory, int port, List<String> args) {
		super(PRODUCT, directory, port);
		this.program = program;
		this.args = List.copyOf(args);
	}

	@Override
	String program() {
		return String.valueOf(this.program.path().getFileName());
	}

	@Override
	String ownArgument() {
		return data().toString();
	}

	@Override
	void prepareData() throws IOException {
		Files.createDirectories(data());
	}

	@Override
	List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(this.program.path().toString());
		command.addAll(List.of("--bind", "127.0.0.1", "--port", String.valueOf(port())));
		command.addAll(List.of("--dir", ownArgument(), "--databases", String.valueOf(DATABASES)));
		// else an orphan could not be told from another server
		command.addAll(List.of("--set-proc-title", "no"));
		command.addAll(this.args);
		return command;
	}

	@Override
	boolean isReady() throws IOException {
		return logContains("Ready to accept connections");
	}

	@Override
	boolean isPortTaken() throws IOException {
		// libc says why in words of its own
		return logContains("Could not create server TCP listening socket");
	}

	@Override
	DevServiceException startFailure(String doing) {
		return this.program.startFailure(doing, log());
	}

	@Override
	public String host() {
		return "127.0.0.1";
	}

	/**
	 * What is run, such as {@code Redis 7.0.15}.
	 * @return the server's name
	 */
	public String name() {
		return this.program.name();
	}

}
