package org.megaetl.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.benchmarks.systems.Orders;
import org.megaetl.benchmarks.systems.TransformersProgram;

/**
 * Transformers of all kinds, each with the same orders.
 */
final class TransformersBenchmark implements Scenario {

	private static final String FIGURE = "events a second of CPU";

	/** Their names in the program, and in the table. */
	private static final Map<String, String> NAMES = new LinkedHashMap<>();

	static {
		NAMES.put("order", "Java bean");
		NAMES.put("mapping", "mapping");
		NAMES.put("graaljs", "JavaScript, GraalJS, 100 events at once, as pipelines do");
		NAMES.put("wasm-rust", "WebAssembly, compiled, Rust");
		NAMES.put("wasm-c", "WebAssembly, compiled, C");
		NAMES.put("wasm-assemblyscript", "WebAssembly, compiled, AssemblyScript");
		NAMES.put("wasm-interpreted", "WebAssembly, interpreted, Rust");
		NAMES.put("quickjs", "JavaScript, QuickJS, 100 events at once, as pipelines do");
		NAMES.put("quickjs" + TransformersProgram.ONE_BY_ONE, "JavaScript, QuickJS, event by event");
	}

	private final Servers servers;

	private final Options options;

	TransformersBenchmark(Servers servers, Options options) {
		this.servers = servers;
		this.options = options;
	}

	@Override
	public String figure() {
		return FIGURE;
	}

	@Override
	public Results run() throws Exception {
		Map<String, String> properties = this.servers.prepare(false);
		properties.put("spring.main.web-application-type", "none");
		Orders.COLUMNS.forEach((column) -> properties.put("mega.transformers.mapping.columns." + column, "/" + column));
		properties.put("mega.transformers.mapping.type", "mapping");
		properties.put("mega.transformers.mapping.table", "orders");
		guest(properties, "graaljs", "javascript", script(), Map.of("engine", "graaljs"));
		guest(properties, "quickjs", "javascript", script(), Map.of("engine", "quickjs"));
		for (String language : List.of("rust", "c", "assemblyscript")) {
			guest(properties, "wasm-" + language, "wasm", module(language), Map.of());
		}
		guest(properties, "wasm-interpreted", "wasm", module("rust"), Map.of("interpreted", "true"));
		List<String> arguments = new ArrayList<>(List.of(String.valueOf(this.options.repetitions()),
				// a round of all of them takes about as long as is asked for
				String.valueOf(1000L * this.options.seconds() / NAMES.size())));
		arguments.addAll(NAMES.keySet());
		try (ChildProcess process = ChildProcess.startProgram("transformers", this.options.jvm(Results.MEGA, ""),
				properties, TransformersProgram.class.getName(), arguments.toArray(String[]::new))) {
			process.awaitEnd(Duration.ofMinutes(15));
			return results(process.output());
		}
	}

	private static void guest(Map<String, String> properties, String name, String type, String location,
			Map<String, String> more) {
		String prefix = "mega.transformers." + name + ".";
		properties.put(prefix + "type", type);
		properties.put(prefix + "location", location);
		properties.put(prefix + "tables", "orders");
		properties.put(prefix + "timeout", "20s");
		more.forEach((key, value) -> properties.put(prefix + key, value));
	}

	private static String script() {
		return "file:../mega-transformers/src/test/resources/org/megaetl/transformers/order.js";
	}

	private static String module(String language) {
		return "file:../examples/wasm/order-" + language + ".wasm";
	}

	private static Results results(String output) {
		Results results = new Results("transformer");
		NAMES.forEach((name, label) -> output.lines()
			.filter((line) -> line.contains("- " + name + "\t"))
			.forEach((line) -> results.add(label, FIGURE,
					Double.parseDouble(line.substring(line.lastIndexOf('\t') + 1)))));
		for (String label : NAMES.values()) {
			double rate = results.median(label, FIGURE);
			if (Double.isNaN(rate)) {
				throw new IllegalStateException("Nothing about " + label + ": " + output);
			}
			results.add(label, "times slower than the bean", results.median("Java bean", FIGURE) / rate);
		}
		return results;
	}

}
