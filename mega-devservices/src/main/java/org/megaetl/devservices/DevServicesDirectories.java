package org.megaetl.devservices;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

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

	private static boolean exists(Path directory, String name) {
		return Files.exists(directory.resolve(name));
	}

}
