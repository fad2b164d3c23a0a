package org.megaetl.devservices;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MariaDbBinaries}.
 */
class MariaDbBinariesTests {

	private static final Log logger = LogFactory.getLog(MariaDbBinariesTests.class);

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path temporary;

	@Test
	void areUnpackedOnceByTwoProcessesAfterAnInterruptedUnpacking() throws Exception {
		Path cache = this.temporary.resolve("cache");
		Path rest = Files.createDirectories(cache.resolve("mariadb-11.4.5.part/bin"));
		Files.writeString(rest.resolve("mariadbd"), "half of it");
		long start = System.nanoTime();
		try (ChildApplication first = start("first", cache); ChildApplication second = start("second", cache)) {
			first.awaitReady();
			second.awaitReady();
			logger.info("First start of two applications with unpacking took "
					+ Duration.ofNanos(System.nanoTime() - start));
			String unpacking = "Unpacking MariaDB 11.4.5 into";
			assertThat(first.output().contains(unpacking)).isNotEqualTo(second.output().contains(unpacking));
			first.signalGroup("TERM");
			second.signalGroup("TERM");
		}
		assertThat(cache).isDirectoryContaining((file) -> file.endsWith("mariadb-11.4.5"))
			.isDirectoryNotContaining((file) -> file.endsWith("mariadb-11.4.5.part"));
	}

	@Test
	void sayWhichDirectoryCannotBeWritten() throws Exception {
		Path file = Files.createFile(this.temporary.resolve("file"));
		assertThatExceptionOfType(DevServiceException.class).isThrownBy(() -> MariaDbBinaries.prepare(file))
			.withMessageContaining(file.toString())
			.satisfies((ex) -> assertThat(ex.getAction()).contains("mega.devservices.cache-directory"));
	}

	@Test
	void sayWhichSharedLibraryIsMissingThoughTheLogEndsWithOtherAdvice() throws Exception {
		Path log = this.temporary.resolve("install.log");
		Files.writeString(log, "Installing MariaDB/MySQL system tables ...\n"
				+ "mariadbd: error while loading shared libraries: libcrypt.so.1: cannot open shared object file\n"
				+ "Try what the Knowledgebase says\n".repeat(30) + "The end\n");
		MariaDbBinaries binaries = new MariaDbBinaries("11.4.5", this.temporary);
		DevServiceException failure = binaries.startFailure("initialise a data directory", log);
		assertThat(failure.getMessage()).contains("libcrypt.so.1", log.toString()).endsWith("The end");
		assertThat(failure.getMessage().lines()).hasSizeLessThan(25);
		assertThat(failure.getAction()).contains("libxcrypt-compat", "DATABASE_URL");
	}

	private ChildApplication start(String name, Path cache) throws Exception {
		return ChildApplication.start(this.temporary.resolve(name + ".log"),
				"--mega.devservices.cache-directory=" + cache,
				"--mega.devservices.mariadb.directory=" + this.temporary.resolve(name));
	}

}
