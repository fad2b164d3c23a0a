package org.megaetl.transformers.script;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.event.SourcePosition;
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
 * The contract of scripts, on both engines.
 */
@ParameterizedClass
@ValueSource(strings = { "graaljs", "quickjs" })
@ExtendWith(OutputCaptureExtension.class)
class JavaScriptTests {

	@Parameter
	private String engine;

	@TempDir
	private Path directory;

	@Test
	void returnsARow() throws Exception {
		assertThat(rows("""
				export function transform(event) {
					return { table: 'orders', row: { order_id: event.json.order_id, city: event.json.address.city } };
				}
				""", "{\"order_id\":1,\"address\":{\"city\":\"Oslo\"}}"))
			.containsExactly(Row.insert("orders").set("order_id", 1L).set("city", "Oslo"));
	}

	@Test
	void returnsSeveralRowsOrNone() throws Exception {
		Transformer transformer = transformer("""
				export const transform = (event) => event.json === 0 ? null
					: [1, 2].map((id) => ({ table: 'orders', row: { id, n: 0.5 }, key: ['id'], mode: 'upsert' }));
				""");
		assertThat(Configured.rows(transformer, "1")).extracting(Row::toString)
			.containsExactly("UPSERT orders [id, n] [1, 0.5]", "UPSERT orders [id, n] [2, 0.5]");
		assertThat(Configured.rows(transformer, "0")).isEmpty();
	}

	@Test
	void mayBeAScriptThatEndsInItsFunction() throws Exception {
		assertThat(rows("""
				const table = 'orders';
				function row(id) { return { table, row: { id } }; }
				(event) => row(event.json.id);
				""", "{\"id\":3}")).containsExactly(Row.insert("orders").set("id", 3L));
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"var last = 0; (event) => { last = event.json.id; return { table: 'orders', row: { id: last } }; }",
			"var sum = 0; function add(n) { sum += n; return sum; } (event) => ({ table: 'orders', row: { id: add(event.json.id) } })",
			"let last = 0; (event) => { last = event.json.id; return { table: 'orders', row: { id: last } }; }" })
	void mayAssignToVariablesOfAScript(String script) throws Exception {
		assertThat(rows(script, "{\"id\":3}")).containsExactly(Row.insert("orders").set("id", 3L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "lst = event.json.id", "JSON = 1", "[].constructor.prototype.map = 1",
			"(function () { this.a = 1; })()" })
	void refusesToAssignInVainInAScript(String code) throws Exception {
		Transformer transformer = transformer("""
				var last = 0;
				(event) => {
					%s;
					return { table: 'orders', row: { id: last } };
				};
				""".formatted(code));
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"id\":3}")).isInstanceOf(GuestRefusalException.class)
			.hasMessageMatching("(Reference|Type)Error: .* \\(order.js:3\\)");
	}

	@ParameterizedTest
	@ValueSource(strings = { "function o(e){return{table:'orders',row:{id:e.json.id}}}export{o as transform};",
			"const t='orders',$=e=>({table:t,row:{id:e.json.id}});export{$ as transform};",
			"let o=e=>({table:'orders',row:{id:e.json.id}});/*! licence */export{o as transform};" })
	void mayBeMinified(String script) throws Exception {
		assertThat(rows(script, "{\"id\":3}")).containsExactly(Row.insert("orders").set("id", 3L));
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"// Orders of the ERP; export format 2\n(e) => ({ table: 'orders', row: { id: e.json.id } });",
			"(e) => { console.log(`${e.key} export failed`); return { table: 'orders', row: { id: e.json.id } }; }" })
	void takesTheWordExportInACommentOrATextForNoModule(String script) throws Exception {
		assertThat(rows(script, "{\"id\":3}")).containsExactly(Row.insert("orders").set("id", 3L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "(e) => ({ table: 'orders', row: { id: e.json.id } });",
			"export const transform = (e) => ({ table: 'orders', row: { id: e.json.id } });" })
	void mayBeginWithAHashbang(String script) throws Exception {
		assertThat(rows("#!/usr/bin/env node\n" + script, "{\"id\":3}"))
			.containsExactly(Row.insert("orders").set("id", 3L));
	}

	@Test
	void refusesToStartWithAScriptThatIsNotUtf8() throws Exception {
		Path file = Files.writeString(this.directory.resolve("latin1.js"), "() => 'Gr\u00fc\u00dfe'",
				StandardCharsets.ISO_8859_1);
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(
					() -> Configured.transformer("type: javascript\nengine: %s\nlocation: \"file:%s\"\ntables: [orders]"
						.formatted(this.engine, file)))
			.withMessageContaining("'mega.transformers.test.location' is ")
			.withMessageContaining("which cannot be used: it is not UTF-8.");
	}

	@Test
	void refusesAnEventWhoseTextIsNotUtf8OnlyIfItIsRead() throws Exception {
		Transformer transformer = transformer("""
				export const transform = (event) => ({ table: 'orders',
					row: { id: event.key === 'text' ? event.text : event.key === 'json' ? event.json : event.key } });
				""");
		byte[] payload = { '"', (byte) 0xff, '"' };
		for (String key : List.of("text", "json")) {
			assertThatThrownBy(() -> transformer.transform(Event.from("test.orders", payload).key(key).build()))
				.isInstanceOf(GuestRefusalException.class)
				.hasMessage("TypeError: The payload is not UTF-8 (order.js:2)");
		}
		assertThat(transformer.transform(Event.from("test.orders", payload).key("7").build()).toString())
			.isEqualTo("[INSERT orders [id] [7]]");
		byte[] replacement = "\"\uFFFD\"".getBytes(StandardCharsets.UTF_8);
		assertThat(transformer.transform(Event.from("test.orders", replacement).key("json").build()).toString())
			.isEqualTo("[INSERT orders [id] [\uFFFD]]");
	}

	@ParameterizedTest
	@ValueSource(strings = { "export { handle as transform };", "export{other,handle as transform};",
			"export {\n\tother as more,\n\thandle as transform,\n};" })
	void mayExportItsFunctionByAnotherNameThanItHasItself(String export) throws Exception {
		assertThat(rows("""
				const other = 1;
				function transform(event) { throw new Error('not this one'); }
				function handle(event) { return { table: 'orders', row: { id: event.json.id } }; }
				%s
				""".formatted(export), "{\"id\":3}")).containsExactly(Row.insert("orders").set("id", 3L));
	}

	@Test
	void takesNoCommentForAnExport() throws Exception {
		assertThat(rows("""
				// export { other as transform } would be another way
				const other = () => null;
				export const transform = (event) => ({ table: 'orders', row: { id: event.json.id } });
				""", "{\"id\":3}")).containsExactly(Row.insert("orders").set("id", 3L));
	}

	@Test
	void seesWhatIsKnownOfTheEvent() throws Exception {
		Transformer transformer = transformer(
				"""
						export function transform(e) {
							const seen = [e.text, e.headers['x-tenant'], e.key, e.id, e.source, e.position, e.timestamp, e.headers.none];
							return { table: 'orders', row: { seen } };
						}
						""");
		Event event = Event.from("kafka.orders", "größer\u0000'\"".getBytes(StandardCharsets.UTF_8))
			.headers(EventHeaders.of("X-Tenant", "acme", "x-tenant", "other"))
			.timestamp(Instant.EPOCH)
			.position(SourcePosition.of("orders-3", "17", "18"))
			.key("k")
			.build();
		assertThat(transformer.transform(event).toString()).isEqualTo(
				"[INSERT orders [seen] [[\"größer\\u0000'\\\"\",\"acme\",\"k\",null,\"kafka.orders\",\"17\",\"1970-01-01T00:00:00Z\",null]]]");
	}

	@Test
	void refusesAnEventByThrowing() throws Exception {
		Transformer transformer = transformer("""
				function check(amount) {
					if (amount < 0) {
						throw new RangeError(`negative amount ${amount}`);
					}
				}
				export function transform(event) {
					check(event.json.amount);
					return { table: 'orders', row: { id: 1 } };
				}
				""");
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"amount\":-1}"))
			.hasMessage("RangeError: negative amount -1 (order.js:3)");
		assertThatThrownBy(() -> Configured.rows(transformer, "{")).hasMessageStartingWith("SyntaxError")
			.hasMessageContaining("order.js:7");
		assertThat(Configured.rows(transformer, "{\"amount\":1}")).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "undefined", "() => null", "Symbol()", "Promise.resolve(null)", "(async () => null)()" })
	void refusesWhatIsForgotten(String returned) throws Exception {
		assertThatThrownBy(() -> rows("export function transform(event) { return " + returned + "; }", "1"))
			.hasMessageMatching("TypeError: The function returned (undefined|a function|a symbol|a promise).*");
	}

	@Test
	void canDefineErrorsAndMethodsAsUsual() throws Exception {
		assertThatThrownBy(() -> rows("""
				class NoAmount extends Error {
					constructor(message) { super(message); this.name = 'NoAmount'; }
				}
				function Point() { }
				Point.prototype.toString = function () { return 'a point'; };
				export function transform(event) {
					const o = {}; o.toString = () => 'own'; o.constructor = 1;
					throw new NoAmount(`${o} ${new Point()}`);
				}
				""", "1")).hasMessageStartingWith("NoAmount: own a point");
	}

	@ParameterizedTest
	@ValueSource(strings = { "Java.type('java.lang.System')", "java.lang.System.exit(1)", "Packages.java", "load('x')",
			"Polyglot.eval('js', '1')", "Graal.versionECMAScript", "require('fs')", "process.env", "fetch('http://x')",
			"new Worker('x')", "new SharedArrayBuffer(1)", "Atomics.wait", "java_invoke('mega', 'event', '[]')",
			"quickjs4j_engine.args()", "Javy.IO.readSync(0, [])", "readFile('/etc/passwd')", "setTimeout(() => 1, 1)",
			"std.getenv('HOME')", "os.open('/etc/passwd')" })
	void reachesNothingOutside(String code) throws Exception {
		assertThatThrownBy(() -> rows("export function transform(event) { return " + code + "; }", "1"))
			.isInstanceOf(RuntimeException.class)
			.hasMessageMatching("(Reference|Type)Error: .*");
	}

	@Test
	void writesToTheLogUnderThePipelinesName(CapturedOutput output) throws Exception {
		Transformer transformer = transformer("""
				console.log('loaded');
				export function transform(event) {
					console.log('seen', 1, { a: [true] }, null, undefined, new TypeError('no'), 'Straße');
					console.error('two\\nlines\\u001b[2J');
					const circle = {}; circle.circle = circle; console.warn(circle);
					return null;
				}
				""");
		assertThat(Configured.rows(transformer, "1")).isEmpty();
		assertThat(output).contains("order.js: loaded",
				"test.orders: seen 1 {\"a\":[true]} null undefined TypeError: no Straße", "test.orders: two",
				"test.orders: lines [2J", "test.orders: object");
	}

	@Test
	void writesNoMoreToTheLogThanAllowed(CapturedOutput output) throws Exception {
		Transformer transformer = transformer("""
				export function transform(event) {
					for (let i = 0; i < 1000; i++) { console.log('y'.repeat(20000)); }
					throw new Error('done');
				}
				""");
		assertThatThrownBy(() -> Configured.rows(transformer, "1")).hasMessageContaining("done");
		assertThat(output.toString().chars().filter((c) -> c == 'y').count()).isBetween(8000L, 8300L);
	}

	@Test
	void importsNothing() {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> transformer("import fs from 'fs';\nexport function transform(event) { return null; }"));
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> transformer("import x from './other.js';\nexport function transform() { return null; }"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Object.prototype.polluted = 1", "event.json.__proto__.polluted = 1",
			"Array.prototype.map = 1", "[].__proto__.polluted = 1", "JSON.parse = () => 1", "globalThis.kept = 1",
			"globalThis.JSON = {}", "Object.defineProperty(Object.prototype, 'polluted', { value: 1 })",
			"Object.setPrototypeOf(Array.prototype, null)", "(function* () {}).__proto__.polluted = 1",
			"event.constructor.prototype.polluted = 1", "''.__proto__.polluted = 1", "Error.prototype.name = 'x'",
			"console.log = 1", "Object.prototype.toString = () => 'x'", "/x/.__proto__.exec = 1",
			"Function.prototype.call = 1", "new Map()[Symbol.iterator]().__proto__.next = 1",
			"event.json.constructor.keys = 1", "[].values().map((v) => v).__proto__.next = 1",
			"globalThis.Iterator.from({ next() { } }).__proto__.next = 1" })
	void leavesNothingInWhatEventsShare(String code) throws Exception {
		Transformer transformer = transformer("""
				export function transform(event) {
					if (event.json.attack) { %s; }
					const probe = [({}).polluted, [].polluted, typeof [].map, typeof JSON.parse, globalThis.kept,
						String({}), new Error('a').toString(), 'x'.polluted, /x/.exec('x')[0], [...new Map([[1, 2]])]];
					return { table: 'orders', row: { probe } };
				}
				""".formatted(code));
		String clean = Configured.rows(transformer, "{}").toString();
		assertThatThrownBy(() -> Configured.rows(transformer, "{\"attack\":true}")).hasMessageContaining("TypeError");
		assertThat(Configured.rows(transformer, "{}")).hasToString(clean);
	}

	@Test
	void showsOnePipelineNothingOfAnother() throws Exception {
		Transformer transformer = transformer("""
				let last = 'none';
				export function transform(event) {
					const before = last;
					last = event.text;
					return { table: 'orders', row: { before } };
				}
				""");
		transformer.transform(Event.from("webhook.a", "secret".getBytes(StandardCharsets.UTF_8)).build());
		assertThat(transformer.transform(Event.from("webhook.b", new byte[0]).build()).toString()).contains("none");
	}

	@Test
	void refusesMoreOutputThanAllowed() throws Exception {
		Transformer transformer = transformer(
				"export const transform = (event) => ({ table: 'orders', row: { a: 'x'.repeat(2000000) } });");
		assertThatThrownBy(() -> Configured.rows(transformer, "1"))
			.hasMessageContaining("more than 'mega.transformers.test.max-output' allows");
	}

	@ParameterizedTest
	@ValueSource(strings = { "for (;;) { }", "while (true) { try { throw 1; } catch (e) { } }",
			"/^(?=(a+)+$)b\\1/.test('a'.repeat(40) + 'b')", "for (;;) { [].concat([1]).sort(); }" })
	void endsAfterTheTimeout(String code) throws Exception {
		Transformer transformer = transformer("export function transform(event) { if (event.json) { " + code
				+ " } return { table: 'orders', row: { id: 1 } }; }", "300ms");
		long start = System.nanoTime();
		assertThatThrownBy(() -> Configured.rows(transformer, "true")).isInstanceOf(Exception.class)
			.hasMessageMatching("The transformer took longer than 300ms|The script was ended: .*");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
		assertThat(Thread.currentThread().isInterrupted()).isFalse();
		assertThat(rows("export const transform = () => ({ table: 'orders', row: { id: 1 } });", "0")).hasSize(1);
	}

	@Test
	void survivesDeepRecursion() throws Exception {
		Transformer transformer = transformer("""
				function f(n) { return f(n + 1) + 1; }
				export function transform(event) {
					return { table: 'orders', row: { id: event.json ? f(0) : 1 } };
				}
				""");
		for (int i = 0; i < 3; i++) {
			assertThatThrownBy(() -> Configured.rows(transformer, "true")).isInstanceOf(Exception.class);
			assertThat(Configured.rows(transformer, "false")).hasSize(1);
		}
	}

	/**
	 * JSON has no such numbers: it says null.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "NaN", "1e400", "-Infinity" })
	void refusesWhatIsNoNumber(String number) throws Exception {
		Transformer transformer = transformer("""
				export const transform = (event) => [{ table: 'orders', row: { id: 1, v: event.json ? %s : null } }];
				""".formatted(number));
		assertThatThrownBy(() -> Configured.rows(transformer, "1")).isInstanceOf(GuestRefusalException.class)
			.hasMessageContaining("TypeError: The function returned a row whose column 'v' is ");
		assertThat(Configured.rows(transformer, "0")).hasSize(1);
	}

	@Test
	void refusesWhatHasNoJson() throws Exception {
		Transformer transformer = transformer("export const transform = () => ({ toJSON() { return undefined; } });");
		assertThatThrownBy(() -> Configured.rows(transformer, "1"))
			.hasMessageContaining("The function returned undefined: return null to skip an event");
	}

	@Test
	void cutsWhatAScriptSaysOfAnEvent() throws Exception {
		Transformer transformer = transformer(
				"export const transform = () => { throw new Error('x'.repeat(1000000)); };");
		assertThatThrownBy(() -> Configured.rows(transformer, "1"))
			.satisfies((ex) -> assertThat(ex.getMessage()).startsWith("Error: xxx").hasSizeLessThan(5000));
	}

	@Test
	void tellsNoLineWhereNoneOfTheScriptIsAtFault() throws Exception {
		Transformer transformer = transformer("export const transform = () => ({ table: 'orders', row: { v: 1n } });");
		assertThatThrownBy(() -> Configured.rows(transformer, "1")).isInstanceOf(GuestRefusalException.class)
			.hasMessageContaining("BigInt")
			.hasMessageNotContaining("order.js:");
	}

	@ParameterizedTest
	@ValueSource(strings = { "export function transform(event) { return null", "export const other = 1;", "17",
			"throw new Error('at once')", "for (const x of [1]) { }" })
	void refusesToStartWithAScriptThatCannotBeUsed(String script) {
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> transformer(script))
			.withMessageContaining("'mega.transformers.test.location' is ")
			.withMessageContaining("which cannot be used: ");
	}

	private List<Row> rows(String script, String payload) throws Exception {
		return Configured.rows(transformer(script), payload);
	}

	private Transformer transformer(String script) throws Exception {
		return transformer(script, "60s");
	}

	private Transformer transformer(String script, String timeout) throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script);
		return Configured.transformer("""
				type: javascript
				engine: %s
				location: "file:%s"
				tables: [orders]
				timeout: %s
				""".formatted(this.engine, file, timeout));
	}

}
