package org.megaetl.devservices;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link ServiceDirectory}.
 */
class ServiceDirectoryTests {

	@Test
	void isFreeAfterItCouldNotBeWritten(@TempDir Path path) throws IOException {
		Path obstacle = Files.createDirectory(path.resolve("owner.pid"));
		assertThatIOException().isThrownBy(() -> ServiceDirectory.acquire(path));
		Files.delete(obstacle);
		try (ServiceDirectory directory = ServiceDirectory.acquire(path)) {
			assertThat(directory).isNotNull();
			assertThat(ServiceDirectory.owner(path)).contains(ProcessHandle.current().pid());
		}
	}

}
