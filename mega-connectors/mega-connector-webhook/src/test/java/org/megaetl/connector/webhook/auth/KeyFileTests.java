package org.megaetl.connector.webhook.auth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link KeyFile}.
 */
@ExtendWith(OutputCaptureExtension.class)
class KeyFileTests {

	private final SteppingClock clock = new SteppingClock(0);

	@TempDir
	private Path directory;

	@Test
	void followsWhatKubernetesDoesToAMountedSecret(CapturedOutput output) throws IOException {
		Path first = Files.createDirectory(this.directory.resolve("..2026_01"));
		Files.writeString(first.resolve("secrets"), "  hush \n\n old\n");
		Path data = Files.createSymbolicLink(this.directory.resolve("..data"), first);
		Path file = Files.createSymbolicLink(this.directory.resolve("secrets"), data.resolve("secrets"));
		KeyFile<String> keys = new KeyFile<>(file, Function.identity(), this.clock);
		assertThat(keys.current()).containsExactly("hush", "old");

		Path second = Files.createDirectory(this.directory.resolve("..2026_02"));
		Files.writeString(second.resolve("secrets"), "fresh");
		Files.delete(data);
		Files.createSymbolicLink(data, second);
		assertThat(keys.current()).containsExactly("hush", "old");
		this.clock.step(Duration.ofSeconds(1));
		assertThat(keys.current()).containsExactly("fresh");
		assertThat(output).contains("1 are valid now").doesNotContain("fresh");
	}

	@Test
	void keepsItsKeysWhenTheFileIsGoneOrEmptyOrWrong(CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.directory.resolve("secrets"), "42");
		KeyFile<Integer> keys = new KeyFile<>(file, KeyFileTests::parse, this.clock);
		for (String content : new String[] { "", "\n", "hush" }) {
			Files.writeString(file, content);
			this.clock.step(Duration.ofSeconds(1));
			assertThat(keys.current()).containsExactly(42);
		}
		Files.delete(file);
		this.clock.step(Duration.ofSeconds(1));
		assertThat(keys.current()).containsExactly(42);
		assertThat(output).contains("those read before stay valid").doesNotContain("hush");
		Files.writeString(file, "43");
		this.clock.step(Duration.ofSeconds(1));
		assertThat(keys.current()).containsExactly(43);
	}

	@Test
	void readsTheFileAgainWhenTheClockIsSetBack() throws IOException {
		Path file = Files.writeString(this.directory.resolve("secrets"), "hush");
		KeyFile<String> keys = new KeyFile<>(file, Function.identity(), this.clock);
		Files.writeString(file, "fresh");
		this.clock.step(Duration.ofHours(-1));
		assertThat(keys.current()).containsExactly("fresh");
		Files.writeString(file, "fresher");
		this.clock.step(Duration.ofSeconds(1));
		assertThat(keys.current()).containsExactly("fresher");
	}

	@Test
	void readsWhatAnEditorOfWindowsWrites() throws IOException {
		Path file = Files.writeString(this.directory.resolve("secrets"), "\uFEFFhush\r\nold\r\n");
		assertThat(new KeyFile<>(file, Function.identity(), this.clock).current()).containsExactly("hush", "old");
		Files.writeString(file, "\uFEFF\r\n");
		assertThatIllegalArgumentException().isThrownBy(() -> new KeyFile<>(file, Function.identity(), this.clock))
			.withMessageContaining("holds no secret");
	}

	@Test
	void needsAFileWithKeysAtStart() throws IOException {
		Path file = this.directory.resolve("secrets");
		assertThatIllegalArgumentException().isThrownBy(() -> new KeyFile<>(file, Function.identity(), this.clock))
			.withMessageContaining("cannot be read");
		Files.writeString(file, " \n");
		assertThatIllegalArgumentException().isThrownBy(() -> new KeyFile<>(file, Function.identity(), this.clock))
			.withMessageContaining("holds no secret");
	}

	private static int parse(String text) {
		if (!text.matches("\\d+")) {
			throw new IllegalArgumentException("is no number");
		}
		return Integer.parseInt(text);
	}

}
