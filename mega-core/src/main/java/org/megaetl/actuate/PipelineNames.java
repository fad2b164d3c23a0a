package org.megaetl.actuate;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.Pipelines;

/**
 * Finds pipelines by what a person writes.
 */
final class PipelineNames {

	private PipelineNames() {
	}

	/**
	 * Returns the pipeline of a name.
	 * @return the pipeline, or {@code null} if there is none
	 */
	static @Nullable Pipeline find(Pipelines pipelines, String name) {
		return pipelines.all()
			.stream()
			.filter((pipeline) -> pipeline.name().toString().equals(name))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Returns the pipeline of a name, which somebody wants to change.
	 */
	static Pipeline require(Pipelines pipelines, String name) {
		Pipeline found = find(pipelines, name);
		if (found == null) {
			throw Refusal.of("There is no pipeline '" + name + "'. The pipelines are: "
					+ pipelines.all().stream().map(Pipeline::name).toList());
		}
		return found;
	}

}
