package org.megaetl.devservices;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the servers that are started for development and tests.
 *
 * @param enabled Whether servers are started for what is not configured.
 * @param cacheDirectory Directory the servers' programs are unpacked into, shared by all
 * projects. By default a directory of the user's cache directory.
 * @param mariadb Settings of the database server.
 * @param redis Settings of the Redis server.
 * @param kafka Settings of the Kafka broker.
 */
@ConfigurationProperties("mega.devservices")
@Validated
record DevServicesProperties(@DefaultValue("true") boolean enabled, @Nullable Path cacheDirectory,
		@Valid @DefaultValue MariaDb mariadb, @Valid @DefaultValue Redis redis, @Valid @DefaultValue Kafka kafka) {

	/**
	 * Settings of the database server.
	 *
	 * @param enabled Whether a database server is started when no database is configured.
	 * @param provider Where the server comes from.
	 * @param shared Whether the application gets a new, empty database on a server that
	 * is shared by all applications of this JVM, as is the default in Spring tests. The
	 * settings 'port', 'directory', 'fresh' and 'database' have no effect then.
	 * @param port TCP port on the loopback address. With 0, any free one, and after that
	 * the same one as long as it is free.
	 * @param directory Directory of the data and the log. By default in the build
	 * directory of the project the application runs in.
	 * @param fresh Whether the data of an earlier run is deleted at start.
	 * @param database Name of the database, which is created if there is none.
	 * @param args Further arguments of the server's program, such as
	 * '--innodb-snapshot-isolation=ON'.
	 */
	record MariaDb(@DefaultValue("true") boolean enabled, @DefaultValue("embedded") Provider provider,
			@DefaultValue("false") boolean shared, @Min(0) @Max(65535) @DefaultValue("0") int port,
			@Nullable Path directory, @DefaultValue("false") boolean fresh,
			@Pattern(regexp = "[A-Za-z0-9_]{1,64}") @DefaultValue("mega") String database,
			@DefaultValue List<String> args) {

	}

	/**
	 * Settings of the Redis server.
	 *
	 * @param enabled Whether a Redis server is started when the Redis connector is
	 * enabled and no Redis is configured.
	 * @param provider Where the server comes from.
	 * @param shared Whether the application gets a new, empty database on a server that
	 * is shared by all applications of this JVM, as is the default in Spring tests. The
	 * settings 'port', 'directory' and 'fresh' have no effect then.
	 * @param port TCP port on the loopback address. With 0, any free one, and after that
	 * the same one as long as it is free.
	 * @param directory Directory of the data and the log. By default in the build
	 * directory of the project the application runs in.
	 * @param fresh Whether the data of an earlier run is deleted at start.
	 * @param program Program of another Redis or Valkey server to run in place of the
	 * embedded one.
	 * @param args Further arguments of the server's program, such as
	 * '--notify-keyspace-events,KEA'.
	 */
	record Redis(@DefaultValue("true") boolean enabled, @DefaultValue("embedded") Provider provider,
			@DefaultValue("false") boolean shared, @Min(0) @Max(65535) @DefaultValue("0") int port,
			@Nullable Path directory, @DefaultValue("false") boolean fresh, @Nullable Path program,
			@DefaultValue List<String> args) {

	}

	/**
	 * Settings of the Kafka broker.
	 *
	 * @param enabled Whether a broker is started when events are read from Kafka and no
	 * broker is configured.
	 * @param provider Where the broker comes from.
	 * @param shared Whether the application uses a broker that is shared by all
	 * applications of this JVM, as is the default in Spring tests. The settings below
	 * have no effect then.
	 * @param port TCP port on the loopback address. With 0, any free one, and after that
	 * the same one as long as it is free.
	 * @param directory Directory of the data and the log. By default in the build
	 * directory of the project the application runs in.
	 * @param fresh Whether the data of an earlier run is deleted at start.
	 * @param settings Further settings of the broker by name.
	 */
	record Kafka(@DefaultValue("true") boolean enabled, @DefaultValue("embedded") Provider provider,
			@DefaultValue("false") boolean shared, @Min(0) @Max(65535) @DefaultValue("0") int port,
			@Nullable Path directory, @DefaultValue("false") boolean fresh,
			@DefaultValue Map<String, String> settings) {

	}

	/**
	 * Where a server comes from.
	 */
	enum Provider {

		/**
		 * A Docker container where a Docker engine answers and Testcontainers is on the
		 * class path, else embedded.
		 */
		AUTO,

		/**
		 * A process started from a Maven artifact.
		 */
		EMBEDDED,

		/**
		 * A Docker container, run by Testcontainers.
		 */
		TESTCONTAINERS;

		/**
		 * Returns whether a container is to be used.
		 * @param available whether containers can be started
		 */
		boolean isContainer(BooleanSupplier available) {
			return this == TESTCONTAINERS || (this == AUTO && available.getAsBoolean());
		}

	}

}
