package org.megaetl.devservices;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link MariaDbBinaries}.
 */
class MariaDbBinariesTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path temporary;

	@Test
	void areUnpackedOnceByTwoProcessesAfterAnInterruptedUnpacking() throws Exception {
		Path cache = this.temporary.resolve("cache");
		Path rest = Files.createDirectories(cache.resolve("mariadb-11.4.5.part/bin"));
		Files.writeString(rest.resolve("mariadbd"), "half of it");
		Instant start = Instant.now();
		try (ChildApplication first = start("first", cache); ChildApplication second = start("second", cache)) {
			first.awaitReady();
			second.awaitReady();
			System.out.println("First start of two applications with unpacking: "
					+ Duration.between(start, Instant.now()).toMillis() + " ms");
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

	private ChildApplication start(String name, Path cache) throws Exception {
		return ChildApplication.start(this.temporary.resolve(name + ".log"),
				"--mega.devservices.cache-directory=" + cache,
				"--mega.devservices.mariadb.directory=" + this.temporary.resolve(name));
	}

}
