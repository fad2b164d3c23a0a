package org.megaetl.devservices;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.util.DigestUtils;

/**
 * Where servers keep their files when nothing is configured.
 */
final class DevServicesDirectories {

	private DevServicesDirectories() {
	}

	/**
	 * The directory that all projects of the user share.
	 * @param configured what the user asked for, if anything
	 * @return an absolute path
	 */
	static Path cache(@Nullable Path configured) {
		return ((configured != null) ? configured : userCache().resolve("mega-devservices")).toAbsolutePath();
	}

	private static Path userCache() {
		String configured = System.getenv("XDG_CACHE_HOME");
		if (configured != null && !configured.isBlank()) {
			return Path.of(configured);
		}
		Path home = Path.of(System.getProperty("user.home"));
		return System.getProperty("os.name").startsWith("Mac") ? home.resolve("Library/Caches")
				: home.resolve(".cache");
	}

	/**
	 * The directory for the data of the project that is run in the working directory: in
	 * its build directory, or, if there is no project, in the cache.
	 * @param cache the cache directory
	 * @return an absolute path
	 */
	static Path project(Path cache) {
		Path working = Path.of("").toAbsolutePath();
		if (exists(working, "target") || exists(working, "pom.xml")) {
			return working.resolve("target/mega-devservices");
		}
		if (exists(working, "build.gradle") || exists(working, "build.gradle.kts")) {
			return working.resolve("build/mega-devservices");
		}
		String hash = DigestUtils.md5DigestAsHex(working.toString().getBytes(StandardCharsets.UTF_8));
		return cache.resolve("data").resolve(hash);
	}

	/**
	 * Become the owner of the first directory that no other test JVM uses.
	 * @param product the server's product
	 * @param cache the cache directory
	 * @return the directory
	 * @throws DevServiceException if it cannot be used
	 */
	static ServiceDirectory forTests(String product, Path cache) {
		Path project = project(cache);
		for (int number = 1;; number++) {
			ServiceDirectory directory = acquire(project.resolve(key(product) + "-test-" + number), key(product));
			if (directory != null) {
				return directory;
			}
		}
	}

	/**
	 * Become the owner of the directory of the project's server.
	 * @param product the server's product
	 * @param cache the cache directory
	 * @param configured the configured directory, if any
	 * @param sharing says how an application shares a server instead
	 * @return the directory
	 * @throws DevServiceException if it is in use or cannot be used
	 */
	static ServiceDirectory ofProject(String product, Path cache, @Nullable Path configured, String sharing) {
		String key = key(product);
		Path path = (configured != null) ? configured.toAbsolutePath() : project(cache).resolve(key);
		ServiceDirectory directory = acquire(path, key);
		if (directory == null) {
			throw new DevServiceException(
					"The data directory %s is in use by another application (process %s).".formatted(path,
							ServiceDirectory.owner(path).map(String::valueOf).orElse("unknown")),
					("Stop that application, or set 'mega.devservices.%s.directory' to another directory for this one, "
							+ "or %s.")
						.formatted(key, sharing));
		}
		return directory;
	}

	private static @Nullable ServiceDirectory acquire(Path path, String key) {
		try {
			return ServiceDirectory.acquire(path);
		}
		catch (IOException ex) {
			throw unusable(path, key, ex);
		}
	}

	static DevServiceException unusable(Path path, String key, IOException cause) {
		return new DevServiceException("The directory %s cannot be used: %s".formatted(path, cause),
				"Set 'mega.devservices.%s.directory' to a directory that can be written.".formatted(key), cause);
	}

	/**
	 * The name a product has in properties and files.
	 */
	static String key(String product) {
		return product.toLowerCase(Locale.ROOT);
	}

	/**
	 * The operating system and the processor, such as {@code linux amd64} or
	 * {@code mac aarch64}.
	 */
	static String platform() {
		String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
		String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
		return (name.startsWith("mac") ? "mac" : name) + " " + ("x86_64".equals(arch) ? "amd64" : arch);
	}

	/**
	 * Unpack unless that was done before, in one process and thread at a time.
	 * @param target what is unpacked, which gets its name last, so that it is complete if
	 * it exists
	 * @param lock the file to lock meanwhile, in the same directory
	 * @param unpack makes the target
	 * @throws IOException if it cannot be unpacked
	 */
	static synchronized void once(Path target, Path lock, Unpacking unpack) throws IOException {
		if (Files.exists(target)) {
			return;
		}
		Files.createDirectories(target.getParent());
		try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
			// Released with the channel
			channel.lock();
			if (!Files.exists(target)) {
				unpack.run();
			}
		}
	}

	private static boolean exists(Path directory, String name) {
		return Files.exists(directory.resolve(name));
	}

	/**
	 * Unpacks something.
	 */
	interface Unpacking {

		void run() throws IOException;

	}

}
