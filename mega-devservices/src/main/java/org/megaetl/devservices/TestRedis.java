package org.megaetl.devservices;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.megaetl.devservices.DevServicesProperties.Provider;

/**
 * A Redis for a test that is not a Spring test, or that ends its server. Spring tests get
 * one by themselves when the Redis connector is enabled and no Redis is configured.
 */
public final class TestRedis implements AutoCloseable {

	private static final String PREFIX = "mega.devservices.redis.";

	private final RedisService service;

	private final @Nullable RedisServer ownServer;

	private final int database;

	private TestRedis(RedisService service, @Nullable RedisServer ownServer, int database) {
		this.service = service;
		this.ownServer = ownServer;
		this.database = database;
	}

	/**
	 * Use a database of the server that all tests of this JVM share. With Testcontainers
	 * on the class path and a Docker engine that answers, this is Redis in a container,
	 * else the embedded one, unless the system property
	 * {@code mega.devservices.redis.provider} says which.
	 * @return a database that no other test of this JVM uses
	 * @throws DevServiceException if the server does not start
	 */
	public static TestRedis create() {
		String provider = System.getProperty(PREFIX + "provider",
				(program() != null) ? Provider.EMBEDDED.name() : Provider.AUTO.name());
		return new TestRedis(
				RedisServers.shared(Provider.valueOf(provider.toUpperCase(Locale.ROOT)), null, program(), List.of()),
				null, RedisServers.nextDatabase());
	}

	/**
	 * Start a server of its own, which the test may stop, kill and reconfigure. It keeps
	 * nothing on disk unless the arguments say so. It is the embedded one, unless the
	 * system property {@code mega.devservices.redis.program} names another program.
	 * @param args further arguments of the server's program, such as
	 * {@code --appendonly}, {@code yes}
	 * @return the empty database 0 of that server
	 * @throws DevServiceException if the server does not start
	 */
	public static TestRedis createWithOwnServer(String... args) {
		RedisServer server = RedisServers.temporary(null, program(), List.of(args));
		return new TestRedis(server, server, 0);
	}

	private static @Nullable Path program() {
		String program = System.getProperty(PREFIX + "program");
		return (program != null && !program.isBlank()) ? Path.of(program) : null;
	}

	/**
	 * Where the server listens.
	 * @return a host name or address
	 */
	public String host() {
		return this.service.host();
	}

	/**
	 * The TCP port the server listens on.
	 * @return the port
	 */
	public int port() {
		return this.service.port();
	}

	/**
	 * The number of the database.
	 * @return the number, from 0
	 */
	public int database() {
		return this.database;
	}

	/**
	 * The settings that make a Spring application use this database.
	 * @return {@code spring.data.redis} properties, each as {@code key=value}
	 */
	public String[] toProperties() {
		return new String[] { "spring.data.redis.host=" + host(), "spring.data.redis.port=" + port(),
				"spring.data.redis.database=" + this.database };
	}

	/**
	 * The server of this database.
	 * @return the server
	 * @throws IllegalStateException if others use the server, too
	 */
	public RedisServer server() {
		if (this.ownServer == null) {
			throw new IllegalStateException(
					"Other tests use the server, too: create the database with createWithOwnServer()");
		}
		return this.ownServer;
	}

	/**
	 * End the database's own server. A shared one runs until the JVM ends.
	 */
	@Override
	public void close() {
		if (this.ownServer != null) {
			this.ownServer.close();
		}
	}

}
