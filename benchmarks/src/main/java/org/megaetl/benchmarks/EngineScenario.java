package org.megaetl.benchmarks;

import java.io.IOException;
import java.util.Objects;

import org.megaetl.benchmarks.engine.EngineBenchmark;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The engine alone, measured by JMH in a process of its own.
 */
final class EngineScenario implements Scenario {

	private static final String PER_SECOND = "events/s";

	private static final String ALLOCATED = "gc.alloc.rate.norm";

	private final Options options;

	EngineScenario(Options options) {
		this.options = options;
	}

	@Override
	public String figure() {
		return PER_SECOND;
	}

	@Override
	public Results run() throws RunnerException, IOException {
		Results results = new Results("transformer");
		var builder = new OptionsBuilder().include(EngineBenchmark.class.getName())
			.addProfiler(GCProfiler.class)
			.jvmArgsAppend(this.options.profiler("engine").toArray(String[]::new))
			.warmupTime(TimeValue.milliseconds(300L * this.options.seconds()))
			.measurementTime(TimeValue.milliseconds(200L * this.options.seconds()));
		for (RunResult run : new Runner(builder.build()).run()) {
			String transformer = run.getParams().getParam("transformer");
			results.add(transformer, PER_SECOND, run.getPrimaryResult().getStatistics().getPercentile(50));
			results.add(transformer, "bytes allocated an event",
					Objects.requireNonNull(run.getSecondaryResults().get(ALLOCATED)).getStatistics().getPercentile(50));
		}
		return results;
	}

}
