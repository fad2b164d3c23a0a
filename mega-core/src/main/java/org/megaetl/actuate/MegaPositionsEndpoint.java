package org.megaetl.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.StoredPosition;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} that shows how far each source was read, and resets that.
 */
@Endpoint(id = "megapositions")
public final class MegaPositionsEndpoint {

	private final Pipelines pipelines;

	private final PipelinePositions positions;

	MegaPositionsEndpoint(Pipelines pipelines, PipelinePositions positions) {
		this.pipelines = pipelines;
		this.positions = positions;
	}

	@ReadOperation
	public AllPositionsDescriptor all() {
		Map<String, List<StoredPosition>> all = new LinkedHashMap<>();
		for (Pipeline pipeline : this.pipelines.all()) {
			all.put(pipeline.name().toString(), this.positions.list(pipeline.name()));
		}
		return new AllPositionsDescriptor(all);
	}

	@ReadOperation
	public @Nullable PositionsDescriptor ofPipeline(@Selector String pipeline) {
		Pipeline found = PipelineNames.find(this.pipelines, pipeline);
		return (found != null) ? new PositionsDescriptor(this.positions.list(found.name())) : null;
	}

	/**
	 * Sets the position of one part of a source, while the pipeline is paused.
	 * @param pipeline the pipeline's name
	 * @param key the part of the source
	 * @param position where to read on from
	 * @return all positions of the pipeline
	 */
	@WriteOperation
	public PositionsDescriptor reset(@Selector String pipeline, String key, String position) {
		Pipeline found = PipelineNames.require(this.pipelines, pipeline);
		try {
			this.positions.reset(found.name(), key, position);
		}
		catch (IllegalArgumentException | IllegalStateException ex) {
			throw Refusal.of(ex);
		}
		return new PositionsDescriptor(this.positions.list(found.name()));
	}

	/**
	 * Deletes what is kept of a pipeline that is no longer configured.
	 * @param pipeline what its state is kept under: its name, unless its inbound said
	 * otherwise
	 * @return whether all is deleted
	 */
	@DeleteOperation
	public DeletedDescriptor delete(@Selector String pipeline) {
		try {
			return new DeletedDescriptor(this.positions.forget(pipeline));
		}
		catch (IllegalStateException ex) {
			throw Refusal.of(ex);
		}
	}

	/**
	 * What was deleted.
	 *
	 * @param complete whether that was all; if not, repeat the request
	 */
	public record DeletedDescriptor(boolean complete) implements OperationResponseBody {

	}

	/**
	 * The positions of all pipelines.
	 *
	 * @param pipelines the positions by the pipeline's name
	 */
	public record AllPositionsDescriptor(Map<String, List<StoredPosition>> pipelines) implements OperationResponseBody {

	}

	/**
	 * The positions of one pipeline.
	 *
	 * @param positions the positions, sorted by key
	 */
	public record PositionsDescriptor(List<StoredPosition> positions) implements OperationResponseBody {

	}

}
