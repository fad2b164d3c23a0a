package org.megaetl.transformers.wasm;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.Configured;
import org.megaetl.transformers.guest.GuestRefusalException;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * WebAssembly modules, compiled and interpreted.
 */
@ParameterizedClass
@ValueSource(booleans = { false, true })
@ExtendWith(OutputCaptureExtension.class)
class WasmTests {

	private static final String ATTACKS = "classpath:org/megaetl/transformers/wasm/attacks.wasm";

	@Parameter
	private boolean interpreted;

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "c", "rust", "assemblyscript" })
	void runsTheExamples(String language) throws Exception {
		Transformer transformer = transformer("file:../examples/wasm/order-" + language + ".wasm", "20s");
		assertThat(Configured.rows(transformer, """
				{ "order_id" : 1, "product_id":12,"quantity":2,"amount":56.10,"shipping":15.0,
				"tax":2.0,"ignored":[{"}":"]"}],"shipping_address":"Mataderos \\"2312\\", México"}
				""")).extracting(Row::toString)
			.containsExactly("INSERT orders [order_id, product_id, quantity, amount, shipping, tax, shipping_address] "
					+ "[1, 12, 2, 56.10, 15.0, 2.0, Mataderos \"2312\", México]");
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"order_id\":1}"))
			.isInstanceOf(GuestRefusalException.class)
			.hasMessage("there is no product_id");
		assertThatThrownBy(() -> Configured.rows(transformer, "")).hasMessage("there is no order_id");
		String large = "{\"order_id\":1,\"product_id\":12,\"quantity\":2,\"amount\":1,\"shipping\":1,\"tax\":1,\"x\":\"%s\","
				+ "\"shipping_address\":\"y\"}";
		assertThat(Configured.rows(transformer, large.formatted("z".repeat(300_000)))).hasSize(1);
		assertThat(Configured.rows(transformer, large.formatted("z"))).hasSize(1);
	}

	@Test
	void refusesAnEventForWhichAModuleReturnsWhatIsNotUtf8() throws Exception {
		Transformer transformer = transformer("file:../examples/wasm/order-c.wasm", "20s");
		String payload = "{\"order_id\":1,\"product_id\":12,\"quantity\":2,\"amount\":1,\"shipping\":1,\"tax\":1,"
				+ "\"shipping_address\":\"M\u00e9xico\"}";
		assertThat(Configured.rows(transformer, payload)).hasSize(1);
		Event event = Event.from("test.orders", payload.getBytes(StandardCharsets.ISO_8859_1)).build();
		assertThatThrownBy(() -> transformer.transform(event)).isInstanceOf(GuestRefusalException.class)
			.hasMessage("The module returned bytes that are not UTF-8");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			f ^ no file
			i ^ no input
			s ^ no socket
			z ^ no sleep
			e ^ LEVEL=7
			c ^ a clock
			Q ^ refused
			""")
	void findsOnlyClocksRandomNumbersAndItsConfiguration(String payload, String message) throws Exception {
		assertThatThrownBy(() -> Configured.rows(transformer(ATTACKS, "20s"), payload))
			.hasMessage(message + (message.contains("=") ? "\0" : ""));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~', textBlock = """
			o ^ more than its 'max-output' allows
			n ^ which is not in its memory
			b ^ which is not in its memory
			h ^ more than its 'max-output' allows
			v ^ is not JSON
			q ^ which is not in its memory
			w ^ which is not in its memory
			t ^ unreachable
			x ^ The module ended itself with 0
			d ^ which 'mega.transformers.test.tables' does not allow
			""")
	void refusesOneEventForAnAttack(String payload, String message) throws Exception {
		Transformer transformer = transformer(ATTACKS, "20s");
		for (int i = 0; i < 3; i++) {
			assertThatThrownBy(() -> Configured.rows(transformer, payload)).isInstanceOf(RuntimeException.class)
				.hasMessageContaining(message);
			assertThat(Configured.rows(transformer, "-")).hasSize(1);
		}
	}

	@Test
	void triesANewInstanceWhereAnEventHasLeftOneBroken() throws Exception {
		Transformer transformer = transformer(ATTACKS, "20s");
		assertThat(Configured.rows(transformer, "a")).isEmpty();
		assertThat(Configured.rows(transformer, "-")).hasSize(1);
		assertThat(Configured.rows(transformer, "-")).hasSize(1);
	}

	@Test
	void endsAfterTheTimeout() throws Exception {
		Transformer transformer = transformer(ATTACKS, "300ms");
		assertThat(Configured.rows(transformer, "-")).hasSize(1);
		long start = System.nanoTime();
		assertThatThrownBy(() -> Configured.rows(transformer, "l"))
			.hasMessage("The transformer took longer than 300ms");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(Configured.rows(transformer, "-")).hasSize(1);
	}

	@Test
	void tellsTheThreadsOwnInterruptFromATimeout() throws Exception {
		Transformer transformer = transformer(ATTACKS, "20s");
		assertThat(Configured.rows(transformer, "-")).hasSize(1);
		Thread.currentThread().interrupt();
		assertThatThrownBy(() -> Configured.rows(transformer, "l")).isInstanceOf(InterruptedException.class);
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void survivesDeepRecursionAndMemoryBombs() throws Exception {
		Transformer transformer = transformer(ATTACKS, "20s");
		for (int i = 0; i < 3; i++) {
			assertThatThrownBy(() -> Configured.rows(transformer, "r")).isInstanceOf(Exception.class);
			assertThatThrownBy(() -> Configured.rows(transformer, "m")).isInstanceOf(Exception.class);
			assertThat(Configured.rows(transformer, "-")).hasSize(1);
		}
	}

	@Test
	void logsWhatTheModuleWrites(CapturedOutput output) throws Exception {
		assertThat(Configured.rows(transformer(ATTACKS, "20s"), "p")).isEmpty();
		assertThat(output).contains("test.orders: hello from the module");
	}

	@Test
	void startsAnewAfterAFailure() throws Exception {
		Transformer transformer = transformer(ATTACKS, "20s");
		assertThatThrownBy(() -> Configured.rows(transformer, "k")).hasMessage("nothing");
		assertThatThrownBy(() -> Configured.rows(transformer, "k")).hasMessage("kept");
		assertThatThrownBy(() -> Configured.rows(transformer, "t")).isInstanceOf(RuntimeException.class);
		assertThatThrownBy(() -> Configured.rows(transformer, "k")).hasMessage("nothing");
	}

	@Test
	void refusesToStartWithWhatIsNoModule() throws Exception {
		Path text = Files.writeString(this.directory.resolve("order.wasm"), "export function transform() {}");
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> transformer("file:" + text, "20s"))
			.withMessageContaining("order.wasm], which cannot be used: ");
		byte[] empty = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
		Path module = Files.write(this.directory.resolve("empty.wasm"), empty);
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> transformer("file:" + module, "20s"))
			.withMessageContaining(
					"It does not export the functions mega_abi_version, mega_alloc, mega_transform. Correct the file.");
	}

	@Test
	void refusesToStartWithAModuleThatNeedsMoreMemory() {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> Configured.transformer("""
				type: wasm
				location: "%s"
				tables: [orders]
				memory: 64KB
				""".formatted(ATTACKS))).withMessageContaining("more than the 65536 it may have");
	}

	private Transformer transformer(String location, String timeout) throws Exception {
		return Configured.transformer("""
				type: wasm
				location: "%s"
				tables: [orders]
				timeout: %s
				memory: 16MB
				interpreted: %s
				config: { LEVEL: 7 }
				""".formatted(location, timeout, this.interpreted));
	}

}
