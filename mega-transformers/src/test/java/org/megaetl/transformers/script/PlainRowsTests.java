package org.megaetl.transformers.script;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.event.Event;
import org.megaetl.transform.TransformResult;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;
import org.megaetl.transformers.Configured;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * GraalJS hands over plain rows without JSON: what becomes of them must be the same.
 */
class PlainRowsTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = {
			"row({ id: 1, a: 1.5, b: -0, c: 0.1 + 0.2, d: 1e21, e: 1e-7, f: 2 ** 53, g: 2 ** 31, h: 1e15 })",
			"row({ id: 123456789.123456, a: 5e-324, b: 1.7976931348623157e308, c: 4.35, d: 0.000001, e: 1 / 3 })",
			"row({ id: 1, a: [Infinity] })", "row({ id: 1n })", "row({ id: 1, a: Symbol() })",
			"row({ id: 1, a: undefined })", "row({ id: null, a: true, b: false, c: '' })", "row({ a: '\\ud800' })",
			"row({ a: 'Gr\u00f6\u00dfe \\u0000 \\ud83d\\ude00' })", "row({ a: 'x' + 'y'.repeat(50), b: `${1}2` })",
			"row({ a: new Date(0) })", "row({ a: { b: [1, 'c', null, { d: 1.50 }], e: {} } })",
			"row({ a: [undefined, 1] })", "row({ a: [1, , 2] })", "row({ a: () => 1, b: 1 })",
			"row({ a: new Number(1), b: new String('s') })", "row({ 2: 'b', 1: 'a', x: 1 })",
			"row({ b: { 2: 'b', 1: 'a' } })", "row({ toString: 1 })", "row({ toJSON: 1 })",
			"row({ toJSON() { return { id: 5 }; } })", "row({ get a() { return 1; } })", "row({ a: 1, [Symbol()]: 2 })",
			"row(Object.freeze({ a: 1 }))", "row(Object.create({ a: 1 }))",
			"row(Object.assign(Object.create(null), { a: 1 }))", "row(new (class { a = 1; })())",
			"row(new (class { a = 1; toJSON() { return { a: 2 }; } })())", "row(new Proxy({ a: 1 }, {}))",
			"row(Object.defineProperty({ b: 1 }, 'a', { value: 1 }))", "row(new Map([['a', 1]]))", "row([1])",
			"row({})", "row('a')", "row(null)", "row(JSON.parse('{\"__proto__\": 1, \"a\": 2}'))",
			"row({ Id: 1, ID: 2 })", "[row({ a: 1 }), row({ a: 2 })]", "[]", "[null]", "[row({ a: 1 }), 'text']",
			"new (class extends Array {})()", "{ ...row({ a: 1 }), key: ['a'], mode: 'upsert' }",
			"{ ...row({ a: 1 }), key: 'a', mode: null }", "{ ...row({ a: 1 }), mode: 'replace' }",
			"{ ...row({ a: 1 }), sql: 'DROP' }", "{ table: 'secrets', row: { a: 1 } }", "'text'", "17", "true",
			"new Uint8Array(2)", "row({ a: 'x'.repeat(990) })", "row({ a: 'x'.repeat(900) })",
			"row({ a: '\\u0001'.repeat(200) })",
			"row(Object.fromEntries([...Array(90).keys()].map((i) => ['c' + i, i])))",
			"row({ a: [[[[[[[[[[[1]]]]]]]]]]] })" })
	void becomeWhatTheirJsonBecomes(String returned) throws Exception {
		String script = """
				const row = (row) => ({ table: 'orders', row });
				const returned = () => (%s);
				export const transform = (event) => event.json ? returned() : { toJSON: () => returned() };
				""".formatted(returned);
		Transformer transformer = transformer(script, "1000000");
		String plain = result(transformer, "true");
		assertThat(plain.replaceAll(" \\(order.js:\\d+\\)", ""))
			.isEqualTo(result(transformer, "false").replaceAll(" \\(order.js:\\d+\\)", ""));
	}

	@Test
	void haveTheNumbersThatJavaScriptWrites() throws Exception {
		Transformer transformer = transformer(
				"""
						export const transform = (event) => event.json.map((a) => ({ table: 'orders', row: { a, text: String(a) } }));
						""",
				"100000000");
		List<String> numbers = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			numbers.add(String.valueOf(Math.sin(i) * Math.pow(10, i % 20)));
			numbers.add(i * 7919 + "." + i % 1000);
			numbers.add("0.0000" + i);
		}
		for (Object row : Configured.rows(transformer, numbers.toString())) {
			assertThat(row.toString()).matches("INSERT orders \\[a, text] \\[(.*), \\1]");
		}
	}

	@Test
	void mayHaveMoreShapesThanAreRemembered() throws Exception {
		Transformer transformer = transformer("""
				export const transform = (event) => ({ table: 'orders', row: { [`c${event.text}`]: event.text } });
				""", "1000000");
		for (int i = 0; i < 1500; i++) {
			assertThat(result(transformer, "" + i)).isEqualTo("[INSERT orders [c%d] [%d]]".formatted(i, i));
		}
	}

	/**
	 * What an event may do does not depend on the others in its call.
	 */
	@Test
	void haveTheLimitsOfOneEventEach() throws Exception {
		Transformer transformer = transformer("""
				let calls = 0;
				export function transform(event) {
					for (let i = 0; i < 20000; i++) { }
					return { table: 'orders', row: { id: ++calls, source: event.source } };
				}
				""", "60000");
		List<Event> events = IntStream.range(0, 100).mapToObj((i) -> Configured.event("{}")).toList();
		try (TransformerBatch batch = transformer.openBatch()) {
			List<TransformResult> results = batch.transform(events, () -> {
			});
			for (int i = 0; i < 100; i++) {
				assertThat(results.get(i).statements())
					.hasToString("[INSERT orders [id, source] [%d, test.orders]]".formatted(i + 1));
			}
		}
	}

	private Transformer transformer(String script, String statementLimit) throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script);
		return Configured.transformer("""
				type: javascript
				location: "file:%s"
				tables: [orders]
				timeout: 20s
				max-output: %s
				statement-limit: %s
				""".formatted(file, (statementLimit.equals("1000000")) ? "1000B" : "10MB", statementLimit));
	}

	private static String result(Transformer transformer, String payload) {
		try {
			return Configured.rows(transformer, payload).toString();
		}
		catch (Exception ex) {
			return String.valueOf(ex.getMessage());
		}
	}

}
