package org.megaetl.devservices;

import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LocalServer}.
 */
class LocalServerTests {

	@TempDir
	@SuppressWarnings("NullAway.Init")
	private Path temporary;

	@ParameterizedTest
	@ValueSource(strings = { "UTF-8", "ISO-8859-1" })
	void quotesALogInAnyEncoding(String encoding) throws Exception {
		Path log = this.temporary.resolve("server.log");
		Files.writeString(log, "Can't open '/home/andré/data'\n", Charset.forName(encoding));
		assertThat(new RedisProgram("Redis", log).startFailure("start", log).getMessage()).contains("andré");
		assertThat(new MariaDbBinaries("11.4.5", log).startFailure("start", log).getMessage()).contains("andré");
	}

	@Test
	void startsOnAnyPortWhereThatOfLastTimeWasNotWritten() throws Exception {
		Path path = this.temporary.resolve("redis");
		ServiceDirectory directory = Objects.requireNonNull(ServiceDirectory.acquire(path));
		Files.createFile(path.resolve("port"));
		RedisProgram program = RedisProgram.prepare(DevServicesDirectories.cache(null), null);
		try (RedisServer server = LocalServer.start(new RedisServer(program, directory, 0, List.of()), false)) {
			assertThat(server.isRunning()).isTrue();
			assertThat(path.resolve("port")).hasContent(Integer.toString(server.port()));
		}
	}

}
