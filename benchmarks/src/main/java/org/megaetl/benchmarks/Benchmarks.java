package org.megaetl.benchmarks;

import java.nio.file.Path;
import java.util.List;

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
		Path docs = Path.of(args[0]);
		Report report = new Report(docs);
		List<Options> scenarios = Options.parse(args[1]);
		for (Options options : scenarios) {
			report.requirePlace(options.scenario());
		}
		try (Servers servers = new Servers()) {
			for (Options options : scenarios) {
				if (options.profile() != null && options.scenario().equals("start")) {
					logger.info("The start is not profiled");
					continue;
				}
				Scenario scenario = scenario(servers, options);
				logger.info("{}: {}", options.scenario(), options);
				Results results = scenario.run();
				String table = results.toMarkdown(scenario.figure());
				logger.info("{}\n{}", options.scenario(), table);
				if (options.profile() != null) {
					// what is profiled is slower
					FlameGraphs.publish(docs.resolve("performance"));
				}
				else {
					report.table(options.scenario(),
							table + "\n" + Machine.describe() + "; " + servers.versions() + "; " + options + "\n");
					report.chart(options.scenario(), results, scenario.figure());
				}
			}
		}
	}

	private static Scenario scenario(Servers servers, Options options) {
		return switch (options.scenario()) {
			case "engine" -> new EngineScenario(options);
			case "ethereum" -> new EthereumBenchmark(servers, options);
			case "growth" -> new GrowthBenchmark(servers, options);
			case "kafka" -> new KafkaBenchmark(servers, options, false);
			case "kafka-key" -> new KafkaBenchmark(servers, options, true);
			case "payload" -> new PayloadBenchmark(servers, options);
			case "pipelines" -> new PipelinesBenchmark(servers, options);
			case "poison" -> new PoisonBenchmark(servers, options);
			case "redis" -> new RedisBenchmark(servers, options);
			case "sizes" -> new SizesBenchmark(servers, options);
			case "start" -> new StartBenchmark(servers, options);
			case "transformers" -> new TransformersBenchmark(servers, options);
			case "webhook" -> new WebhookBenchmark(servers, options);
			default -> throw new IllegalArgumentException("There is no scenario '" + options.scenario() + "'");
		};
	}

}
