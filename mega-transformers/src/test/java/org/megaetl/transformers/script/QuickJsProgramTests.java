package org.megaetl.transformers.script;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.Configured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of what {@link QuickJsProgram} says of scripts that end the engine.
 */
class QuickJsProgramTests {

	private static final String MODULE = "export const transform = (event) => null; ";

	private static final String BOMB = "const all = []; for (;;) { all.push('x'.repeat(100000) + all.length); }";

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			4MB    | for (                                    | unexpected token in expression: '' at function.mjs:2
			4MB    | throw new RangeError('at once');         | Error: at once at <anonymous> (function.mjs:1:
			4MB    | import fs from 'fs';                     | could not load module 'fs'
			4MB    | throw new Error('two\\nlines\\u001b[2J') | Error: two lines [2J at
			""")
	void saysWhyAScriptCannotBeLoaded(String memory, String code, String reason) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> transformer(code, memory))
			.withMessageContaining("bomb.js; the engine says: ")
			.withMessageContaining(reason)
			.withMessageNotContaining("RUST_BACKTRACE");
	}

	/**
	 * The smallest memory is what the engine needs to begin with.
	 */
	@ParameterizedTest
	@CsvSource({ "1216KB, memory allocation of ", "2MB, Error: out of memory", "4MB, Error: out of memory" })
	void saysThatMemoryIsUsedUpByLoading(String memory, String reason) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> transformer(BOMB, memory))
			.withMessageContaining("bomb.js; the engine says: ")
			.withMessageContaining(reason);
	}

	@Test
	void repeatsOnlyTheBeginningOfWhatTheEngineSays() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> transformer("throw new Error('x'.repeat(100000));", "4MB"))
			.withMessageContaining("Error: xxx")
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(1500));
	}

	@Test
	void saysWhyTheEngineEndsInACall() throws Exception {
		Transformer transformer = transformer("", "4MB");
		assertThat(Configured.rows(transformer, "1")).isEmpty();
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> Configured.rows(transformer, "x".repeat(1 << 20)))
			.withMessageContaining("bomb.js; the engine says: ")
			.withMessageContaining("Error: out of memory");
	}

	private Transformer transformer(String code, String memory) throws Exception {
		Path file = Files.writeString(this.directory.resolve("bomb.js"), MODULE + code);
		return Configured.transformer("""
				type: javascript
				engine: quickjs
				location: "file:%s"
				tables: [orders]
				timeout: 60s
				memory: %s
				""".formatted(file, memory));
	}

}
