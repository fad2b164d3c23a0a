package org.megaetl.transformers.script;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.event.Event;
import org.megaetl.transform.TransformResult;
import org.megaetl.transform.TransformerBatch;
import org.megaetl.transformers.Configured;
import org.megaetl.transformers.guest.GuestRefusalException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Several events in one call of a script, on both engines.
 */
@ParameterizedClass
@ValueSource(strings = { "graaljs", "quickjs" })
class ScriptBatchTests {

	@Parameter
	private String engine;

	@TempDir
	private Path directory;

	private TransformerBatch batch;

	@BeforeEach
	void createTransformer() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), """
				export function transform(event) {
					const { id, act } = event.json;
					switch (act) {
						case 'throw': throw new RangeError(`no ${id}`);
						case 'skip': return null;
						case 'text': return 'text';
						case 'large': return { table: 'orders', row: { id, a: 'x'.repeat(2000) } };
						case 'throw text': throw 'a text';
						case 'loop': for (;;) { }
					}
					return [{ table: 'orders', row: { id, a: `é=!,\\n${event.source}` } }];
				}
				""");
		this.batch = Configured.transformer("""
				type: javascript
				engine: %s
				location: "file:%s"
				tables: [orders]
				timeout: 300ms
				max-output: 1000B
				""".formatted(this.engine, file)).openBatch();
	}

	@AfterEach
	void closeBatch() {
		this.batch.close();
	}

	@Test
	void keepsEventsOfOneCallApart() throws Exception {
		List<TransformResult> results = transform(events("""
				{"id":1}""", """
				{"id":2,"act":"throw"}""", """
				{"id":3,"act":"skip"}""", "{", """
				{"id":5,"act":"text"}""", """
				{"id":6,"act":"large"}""", """
				{"id":7}""", """
				{"id":8,"act":"throw text"}""", """
				{"id":9}"""));
		assertThat(results.stream().map(ScriptBatchTests::shown)).satisfiesExactly(
				(first) -> assertThat(first).isEqualTo("[INSERT orders [id, a] [1, é=!,\ntest.orders]]"),
				(second) -> assertThat(second).isEqualTo("RangeError: no 2 (order.js:4)"),
				(third) -> assertThat(third).isEqualTo("[]"),
				(fourth) -> assertThat(fourth).startsWith("SyntaxError: "),
				(fifth) -> assertThat(fifth).startsWith("The transformer returned \"text\" where a row"),
				(sixth) -> assertThat(sixth).contains("more than 'mega.transformers.test.max-output' allows"),
				(seventh) -> assertThat(seventh).isEqualTo("[INSERT orders [id, a] [7, é=!,\ntest.orders]]"),
				(eighth) -> assertThat(eighth).startsWith("a text"),
				(ninth) -> assertThat(ninth).isEqualTo("[INSERT orders [id, a] [9, é=!,\ntest.orders]]"));
		assertThat(results.get(1).refusal()).isInstanceOf(GuestRefusalException.class);
	}

	@Test
	void failsAsAWholeWhereItCannotBeSaidWhichEventIsAtFault() throws Exception {
		List<Event> events = events("{\"id\":1}", "{\"id\":2,\"act\":\"loop\"}");
		assertThatThrownBy(() -> transform(events))
			.hasMessageMatching("The transformer took longer than 300ms|The script was ended: .*");
		assertThat(transform(events.subList(0, 1))).hasSize(1);
	}

	@Test
	void takesMoreThanFitsIntoTheGuestAtOnce() throws Exception {
		assertThat(this.batch.maxEvents()).isEqualTo(100);
		String filler = "x".repeat(200_000);
		List<Event> large = IntStream.range(0, 100)
			.mapToObj((id) -> Configured.event("{\"id\":" + id + ",\"x\":\"" + filler + "\"}"))
			.toList();
		List<TransformResult> results = transform(large);
		assertThat(results).hasSize(100);
		assertThat(shown(results.get(99))).isEqualTo("[INSERT orders [id, a] [99, é=!,\ntest.orders]]");
	}

	@Test
	void keepsPipelinesApart() throws Exception {
		Event other = Event.from("test.other", "{\"id\":1}".getBytes()).build();
		assertThat(transform(List.of(other, other, Configured.event("{\"id\":1}"), other)).stream()
			.map(ScriptBatchTests::shown)).extracting((shown) -> shown.substring(shown.indexOf("test.")))
			.containsExactly("test.other]]", "test.other]]", "test.orders]]", "test.other]]");
	}

	private List<TransformResult> transform(List<Event> events) throws Exception {
		return this.batch.transform(events, () -> {
		});
	}

	private static String shown(TransformResult result) {
		return (result.refusal() != null) ? String.valueOf(result.refusal().getMessage())
				: result.statements().toString();
	}

	private static List<Event> events(String... payloads) {
		return Stream.of(payloads).map(Configured::event).toList();
	}

}
