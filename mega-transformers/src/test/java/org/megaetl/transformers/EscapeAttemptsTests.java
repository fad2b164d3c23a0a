package org.megaetl.transformers;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Guests that try again and again to use up what is not theirs. With
 * {@code -Dtests.escapes=long} ten thousand times and more.
 */
class EscapeAttemptsTests {

	private static final boolean LONG = "long".equals(System.getProperty("tests.escapes"));

	private static final long SLACK = 32 << 20;

	@TempDir
	private Path directory;

	@Test
	void webAssemblyLeavesNothingOnTheHeap() throws Exception {
		Transformer transformer = Configured.transformer("""
				type: wasm
				location: "classpath:org/megaetl/transformers/wasm/attacks.wasm"
				tables: [orders]
				timeout: 20s
				memory: 8MB
				""");
		String[] attacks = { "t", "n", "b", "o", "m", "d", "x", "v", "q" };
		check(transformer, attacks, 90, LONG ? 10_000 : 900);
	}

	@Test
	void quickJsLeavesNothingOnTheHeap() throws Exception {
		Path file = Files.writeString(this.directory.resolve("bomb.js"), """
				export function transform(event) {
					switch (event.text) {
						case 'memory': { const all = []; for (;;) { all.push('x'.repeat(100000) + all.length); } }
						case 'recursion': { const f = () => f() + 1; return f(); }
						default: throw new Error('no');
					}
				}
				""");
		Transformer transformer = Configured.transformer("""
				type: javascript
				engine: quickjs
				location: "file:%s"
				tables: [orders]
				timeout: 20s
				memory: 4MB
				""".formatted(file));
		check(transformer, new String[] { "memory", "recursion", "error" }, 6, LONG ? 10_000 : 30);
	}

	private static void check(Transformer transformer, String[] attacks, int warmUp, int attempts) {
		attack(transformer, attacks, warmUp);
		long before = usedHeap();
		attack(transformer, attacks, attempts);
		assertThat(usedHeap()).isLessThan(before + SLACK);
	}

	private static void attack(Transformer transformer, String[] attacks, int attempts) {
		for (int i = 0; i < attempts; i++) {
			String attack = attacks[i % attacks.length];
			assertThatThrownBy(() -> Configured.rows(transformer, attack)).as(attack).isInstanceOf(Exception.class);
		}
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
