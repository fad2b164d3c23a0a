package org.megaetl.benchmarks;

import java.util.Objects;

import org.megaetl.benchmarks.engine.EngineBenchmark;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The engine alone, measured by JMH in a process of its own.
 */
final class EngineScenario {

	static final String PER_SECOND = "events/s";

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	private EngineScenario() {
	}

	static Results run() throws RunnerException {
		Results results = new Results();
		var options = new OptionsBuilder().include(EngineBenchmark.class.getName())
			.addProfiler(GCProfiler.class)
			.build();
		for (RunResult run : new Runner(options).run()) {
			String transformer = "transformer: " + run.getParams().getParam("transformer");
			results.add(transformer, PER_SECOND, run.getPrimaryResult().getStatistics().getPercentile(50));
			results.add(transformer, "bytes allocated an event",
					Objects.requireNonNull(run.getSecondaryResults().get(ALLOCATED)).getStatistics().getPercentile(50));
		}
		return results;
	}

}
