package org.megaetl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the measurements, and puts what comes out into the documentation.
 */
public final class Benchmarks {

	private static final Logger logger = LoggerFactory.getLogger(Benchmarks.class);

	private Benchmarks() {
	}

	/**
	 * Runs the measurements.
	 * @param args the directory of the documentation, then what to run
	 * @throws Exception if a system under test fails
	 */
	public static void main(String[] args) throws Exception {
		Report report = new Report(Path.of(args[0]));
		Options options = Options.parse(args[1]);
		try (Servers servers = new Servers()) {
			KafkaBenchmark kafka = new KafkaBenchmark(servers, options);
			for (String scenario : options.scenarios()) {
				Results results = switch (scenario) {
					case "engine" -> EngineScenario.run();
					case "webhook" -> new WebhookBenchmark(servers, options).run();
					default -> kafka.run(scenario.endsWith("-key"));
				};
				String figure = switch (scenario) {
					case "engine" -> EngineScenario.PER_SECOND;
					case "webhook" -> WebhookBenchmark.perSecond(WebhookBenchmark.CONNECTIONS);
					default -> KafkaBenchmark.STEADY;
				};
				String table = results.toMarkdown(figure);
				logger.info("{}\n{}", scenario, table);
				report.table(scenario, table + "\n" + machine() + "; " + servers.versions() + "; " + options + "\n");
				report.chart(scenario, results, figure);
			}
		}
	}

	private static String machine() throws IOException {
		String processor = Files.readAllLines(Path.of("/proc/cpuinfo"))
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 2))
			.findFirst()
			.orElse(System.getProperty("os.arch"));
		return Runtime.getRuntime().availableProcessors() + " processors (" + processor + "), JDK " + Runtime.version();
	}

}
