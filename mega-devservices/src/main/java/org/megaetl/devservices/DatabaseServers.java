package org.megaetl.devservices;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.DevServicesProperties.Provider;

/**
 * Starts database servers, and holds those that are shared by the whole JVM.
 */
final class DatabaseServers {

	private static final Log logger = LogFactory.getLog(DatabaseServers.class);

	private static final Map<List<Object>, DatabaseServer> shared = new HashMap<>();

	private static final AtomicInteger databases = new AtomicInteger();

	private DatabaseServers() {
	}

	/**
	 * The server that this JVM shares, started if it is the first time.
	 * @param provider where the server comes from
	 * @param cacheDirectory the configured cache directory, if any
	 * @param args further arguments of the server's program; other arguments are another
	 * server
	 * @return a server that runs until the JVM ends
	 */
	static DatabaseServer shared(Provider provider, @Nullable Path cacheDirectory, List<String> args) {
		synchronized (shared) {
			boolean container = useContainer(provider);
			return shared.computeIfAbsent(List.of(container, args),
					(key) -> container ? MySqlContainerServer.start() : temporary(cacheDirectory, args));
		}
	}

	static boolean useContainer(Provider provider) {
		return provider.isContainer(MySqlContainerServer.SUPPORT::isAvailable);
	}

	/**
	 * Create an empty database with a name of its own.
	 * @param server the server
	 * @return the database's name
	 */
	static String createDatabase(DatabaseServer server) {
		String name = "test_" + databases.incrementAndGet();
		server.createDatabase(name);
		return name;
	}

	/**
	 * Start a server without data, in the first directory that no other test JVM uses.
	 * @param cacheDirectory the configured cache directory, if any
	 * @param args further arguments of the server's program
	 * @return the running server
	 */
	static MariaDbServer temporary(@Nullable Path cacheDirectory, List<String> args) {
		Path cache = DevServicesDirectories.cache(cacheDirectory);
		MariaDbBinaries binaries = MariaDbBinaries.prepare(cache);
		ServiceDirectory directory = DevServicesDirectories.forTests(MariaDbServer.PRODUCT, cache);
		MariaDbServer server = LocalServer.start(new MariaDbServer(binaries, directory, 0, args), true);
		logger.info("Started MariaDB %s for tests at 127.0.0.1:%d (data in %s)".formatted(server.version(),
				server.port(), server.directory()));
		return server;
	}

	/**
	 * Start the server that belongs to the project.
	 * @param properties the settings
	 * @return the running server
	 * @throws DevServiceException if it does not start
	 */
	static MariaDbServer ofProject(DevServicesProperties properties) {
		DevServicesProperties.MariaDb mariadb = properties.mariadb();
		Path cache = DevServicesDirectories.cache(properties.cacheDirectory());
		MariaDbBinaries binaries = MariaDbBinaries.prepare(cache);
		ServiceDirectory directory = DevServicesDirectories.ofProject(MariaDbServer.PRODUCT, cache, mariadb.directory(),
				"set 'spring.datasource.url' (or DATABASE_URL) to share a database");
		MariaDbServer server = LocalServer.start(new MariaDbServer(binaries, directory, mariadb.port(), mariadb.args()),
				mariadb.fresh());
		logger.info("Started MariaDB %s for development at 127.0.0.1:%d (data in %s, %s)".formatted(server.version(),
				server.port(), server.directory(), mariadb.fresh() ? "emptied at start" : "kept"));
		return server;
	}

}
