package org.megaetl.devservices;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;

/**
 * The program of a Redis server: unpacked from the class path into a directory that all
 * projects of a user share, or another one that somebody has named.
 *
 * @param name what is run, for people, such as {@code Redis 7.0.15}
 * @param path the executable file
 */
record RedisProgram(String name, Path path) {

	private static final String VERSION = "7.0.15";

	private static final Map<String, String> PLATFORMS = Map.of("linux amd64", "linux-amd64", "linux aarch64",
			"linux-arm64", "mac amd64", "darwin-amd64", "mac aarch64", "darwin-arm64");

	/**
	 * Find the program for this machine, and unpack it unless that was done before.
	 * @param cache the directory that holds what is unpacked
	 * @param configured another program to use, if any
	 * @return the program, ready to run
	 * @throws DevServiceException if there is none for this platform, or it cannot be
	 * unpacked or run
	 */
	static RedisProgram prepare(Path cache, @Nullable Path configured) {
		if (configured != null) {
			if (!Files.isExecutable(configured)) {
				throw new DevServiceException(
						"'mega.devservices.redis.program' is '%s', which is not a program."
							.formatted(configured.toAbsolutePath()),
						"Set it to the executable file of a Redis or Valkey server, or remove it.");
			}
			return new RedisProgram(String.valueOf(configured.getFileName()), configured.toAbsolutePath());
		}
		ClassPathResource resource = find();
		Path path = cache.toAbsolutePath().resolve("redis-" + VERSION).resolve("redis-server");
		try {
			DevServicesDirectories.once(path, path.resolveSibling("lock"), () -> unpack(resource, path));
		}
		catch (IOException ex) {
			throw new DevServiceException("Redis %s could not be unpacked to %s: %s".formatted(VERSION, path, ex),
					"Set 'mega.devservices.cache-directory' to a directory that can be written and has 10 MB free.",
					ex);
		}
		return new RedisProgram("Redis " + VERSION, path);
	}

	private static ClassPathResource find() {
		String platform = DevServicesDirectories.platform();
		ClassPathResource resource = new ClassPathResource(
				"redis-server-" + VERSION + "-" + PLATFORMS.getOrDefault(platform, platform));
		if (!resource.exists()) {
			throw new DevServiceException(
					"No Redis is configured, and there is no embedded Redis for this platform (%s)."
						.formatted(platform),
					"Set 'spring.data.redis.url' to a running Redis, or 'mega.devservices.redis.program' to a Redis "
							+ "server's program, or, where a Docker engine runs, 'mega.devservices.redis.provider' to "
							+ "'testcontainers'.");
		}
		return resource;
	}

	private static void unpack(ClassPathResource resource, Path path) throws IOException {
		Path part = path.resolveSibling("redis-server.part");
		try (InputStream program = resource.getInputStream()) {
			Files.copy(program, part, StandardCopyOption.REPLACE_EXISTING);
		}
		if (!part.toFile().setExecutable(true)) {
			throw new IOException("Cannot make executable: " + part);
		}
		Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
	}

	DevServiceException startFailure(String doing, Path log) {
		return new DevServiceException(
				"%s could not %s. The log %s says:%n%n%s".formatted(this.name, doing, log, LocalServer.excerpt(log)),
				"Correct what the log names, or set 'spring.data.redis.url' to a running Redis.");
	}

}
