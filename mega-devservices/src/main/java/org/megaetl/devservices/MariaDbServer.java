package org.megaetl.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A MariaDB server.
 */
public final class MariaDbServer extends LocalServer implements DatabaseServer {

	static final String PRODUCT = "MariaDB";

	private final MariaDbBinaries binaries;

	private final List<String> args;

	/**
	 * Create a server that does not run yet.
	 * @param binaries the programs
	 * @param directory the directory, which the server owns from now on
	 * @param port the port, or 0 for the one of last time or else any free one
	 * @param args further arguments of the server's program
	 */
	MariaDbServer(MariaDbBinaries binaries, ServiceDirectory directory, int port, List<String> args) {
		super(PRODUCT, directory, port);
		this.binaries = binaries;
		this.args = List.copyOf(args);
	}

	@Override
	String program() {
		return "mariadbd";
	}

	@Override
	String ownArgument() {
		return "--datadir=" + data();
	}

	@Override
	void prepareData() throws IOException {
		if (!Files.exists(data())) {
			// Copied under another name, so that an interrupted copy is not taken for
			// data
			files().delete("data.part");
			Path part = files().resolve("data.part");
			copy(this.binaries.dataTemplate(), part);
			Files.move(part, data(), StandardCopyOption.ATOMIC_MOVE);
		}
	}

	private static void copy(Path source, Path target) throws IOException {
		try (Stream<Path> files = Files.walk(source)) {
			for (Path file : (Iterable<Path>) files::iterator) {
				Files.copy(file, target.resolve(source.relativize(file).toString()));
			}
		}
	}

	@Override
	List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(this.binaries.home().resolve("bin/mariadbd").toString());
		command.add("--no-defaults");
		command.add(ownArgument());
		command.add("--basedir=" + this.binaries.home());
		command.add("--pid-file=" + pidFile());
		// SQL cannot read or write files elsewhere
		command.add("--secure-file-priv=" + directory());
		command.add("--bind-address=127.0.0.1");
		command.add("--port=" + port());
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

	@Override
	boolean isReady() throws IOException {
		return logContains("ready for connections");
	}

	@Override
	boolean isPortTaken() throws IOException {
		return logContains("Bind on TCP/IP port");
	}

	@Override
	DevServiceException startFailure(String doing) {
		return this.binaries.startFailure(doing, log());
	}

	/**
	 * The server's version.
	 * @return the version, such as {@code 11.4.5}
	 */
	public String version() {
		return this.binaries.version();
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

}
