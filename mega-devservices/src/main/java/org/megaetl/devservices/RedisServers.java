package org.megaetl.devservices;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.DevServicesProperties.Provider;
import org.megaetl.devservices.DevServicesProperties.Redis;

/**
 * Starts Redis servers, and holds those that are shared by the whole JVM.
 */
final class RedisServers {

	private static final Log logger = LogFactory.getLog(RedisServers.class);

	/** Nothing is kept on disk: faster, and no test needs it that does not say so. */
	private static final List<String> IN_MEMORY = List.of("--save", "", "--appendonly", "no");

	/** What is acknowledged is kept, but for the last second before a power cut. */
	private static final List<String> PERSISTENT = List.of("--save", "", "--appendonly", "yes");

	private static final Map<List<Object>, RedisService> shared = new HashMap<>();

	private static final AtomicInteger databases = new AtomicInteger();

	private RedisServers() {
	}

	/**
	 * The server that this JVM shares, started if it is the first time.
	 * @param provider where the server comes from
	 * @param cacheDirectory the configured cache directory, if any
	 * @param program the program to run in place of the embedded one, if any
	 * @param args further arguments of the server's program; other arguments are another
	 * server
	 * @return a server that runs until the JVM ends
	 */
	static RedisService shared(Provider provider, @Nullable Path cacheDirectory, @Nullable Path program,
			List<String> args) {
		synchronized (shared) {
			boolean container = useContainer(provider);
			return shared.computeIfAbsent(List.of(container, String.valueOf(program), args),
					(key) -> container ? RedisContainerServer.start() : temporary(cacheDirectory, program, args));
		}
	}

	static boolean useContainer(Provider provider) {
		return provider.isContainer(RedisContainerServer.SUPPORT::isAvailable);
	}

	/**
	 * The number of a database that nobody else of this JVM uses.
	 * @return the number, from 1
	 */
	static int nextDatabase() {
		return 1 + databases.getAndIncrement() % (RedisService.DATABASES - 1);
	}

	/**
	 * Start a server without data, in the first directory that no other test JVM uses.
	 * @param cacheDirectory the configured cache directory, if any
	 * @param program the program to run in place of the embedded one, if any
	 * @param args further arguments of the server's program
	 * @return the running server
	 */
	static RedisServer temporary(@Nullable Path cacheDirectory, @Nullable Path program, List<String> args) {
		Path cache = DevServicesDirectories.cache(cacheDirectory);
		RedisProgram prepared = RedisProgram.prepare(cache, program);
		ServiceDirectory directory = DevServicesDirectories.forTests(RedisServer.PRODUCT, cache);
		RedisServer server = LocalServer.start(new RedisServer(prepared, directory, 0, join(IN_MEMORY, args)), true);
		logger.info("Started %s for tests at 127.0.0.1:%d (data in %s)".formatted(server.name(), server.port(),
				server.directory()));
		return server;
	}

	/**
	 * Start the server that belongs to the project.
	 * @param properties the settings
	 * @return the running server
	 * @throws DevServiceException if it does not start
	 */
	static RedisServer ofProject(DevServicesProperties properties) {
		Redis redis = properties.redis();
		Path cache = DevServicesDirectories.cache(properties.cacheDirectory());
		RedisProgram program = RedisProgram.prepare(cache, redis.program());
		ServiceDirectory directory = DevServicesDirectories.ofProject(RedisServer.PRODUCT, cache, redis.directory(),
				"set 'spring.data.redis.url' to share a Redis");
		RedisServer server = LocalServer
			.start(new RedisServer(program, directory, redis.port(), join(PERSISTENT, redis.args())), redis.fresh());
		logger.info("Started %s for development at 127.0.0.1:%d (data in %s, %s)".formatted(server.name(),
				server.port(), server.directory(), redis.fresh() ? "emptied at start" : "kept"));
		return server;
	}

	private static List<String> join(List<String> first, List<String> second) {
		List<String> joined = new ArrayList<>(first);
		joined.addAll(second);
		return joined;
	}

}
