package org.megaetl.pipeline;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.megaetl.checkpoint.StoredPosition;
import org.megaetl.event.PipelineId;
import org.megaetl.sink.SinkTransactions;

import org.springframework.util.Assert;

/**
 * What an operator can do with positions: see how far each part of a source was read, and
 * have it read again from elsewhere.
 */
public final class PipelinePositions {

	private static final int MAX_POSITION_LENGTH = 255;

	private static final Instant AFTER_ALL = Instant.parse("9999-01-01T00:00:00Z");

	private static final Duration FORGET_TIME = Duration.ofSeconds(10);

	private static final int FORGET_STEP = 1000;

	private static final Set<PipelineState> AT_REST = EnumSet.of(PipelineState.PAUSED, PipelineState.FAILED,
			PipelineState.STOPPED);

	private final Pipelines pipelines;

	private final Sink sink;

	private final SinkTransactions transactions;

	/**
	 * Creates the service.
	 * @param pipelines the pipelines
	 * @param sink where the positions are
	 */
	public PipelinePositions(Pipelines pipelines, Sink sink) {
		this.pipelines = pipelines;
		this.sink = sink;
		this.transactions = new SinkTransactions(sink.transactions());
	}

	/**
	 * Returns the positions of a pipeline.
	 * @param pipeline the pipeline
	 * @return its positions by key; none for a source that has none
	 * @throws IllegalArgumentException if there is no such pipeline
	 */
	public List<StoredPosition> list(PipelineName pipeline) {
		if (this.pipelines.find(pipeline) instanceof BufferedPipeline) {
			return List.of();
		}
		PipelineEngine engine = engine(pipeline);
		List<StoredPosition> positions = this.transactions
			.execute((status) -> this.sink.checkpoints().list(engine.id()));
		return (positions != null) ? positions : List.of();
	}

	/**
	 * Sets the position of one part of a source. A reader that has that part, here or in
	 * another replica, finds out when it stores its next position: it writes nothing and
	 * reads on from the new one.
	 * @param pipeline the pipeline, which must not run here
	 * @param key the part of the source, which must have a position already; the
	 * beginning of its stored key up to a {@code /} does if no other begins so
	 * @param position what the source understands as a position; at most 255 characters
	 * @throws IllegalArgumentException if there is no such pipeline or part, or more than
	 * one such part, or the position is empty or too long
	 * @throws IllegalStateException if the pipeline runs
	 */
	public void reset(PipelineName pipeline, String key, String position) {
		PipelineEngine engine = engine(pipeline);
		Assert.isTrue(!position.isEmpty() && position.length() <= MAX_POSITION_LENGTH, () -> "A position has 1 to "
				+ MAX_POSITION_LENGTH + " characters, but this one has " + position.length());
		PipelineState state = engine.monitor().status().state();
		if (!AT_REST.contains(state)) {
			throw new IllegalStateException(
					"Pipeline '" + pipeline + "' is " + state + ": pause it before resetting a position");
		}
		this.transactions.executeWithoutResult((status) -> {
			List<String> stored = this.sink.checkpoints().list(engine.id()).stream().map(StoredPosition::key).toList();
			Assert.state(this.sink.checkpoints().reset(engine.id(), storedKey(pipeline, key, stored), position),
					() -> "Pipeline '" + pipeline + "' no longer has the position '" + key + "'");
		});
	}

	/**
	 * Returns the stored key that an operator means, who need not know all that a
	 * connector appends to the name of a part, such as the ids of a topic and a cluster.
	 */
	private static String storedKey(PipelineName pipeline, String key, List<String> stored) {
		if (stored.contains(key)) {
			return key;
		}
		List<String> meant = stored.stream().filter((candidate) -> candidate.startsWith(key + "/")).toList();
		Assert.isTrue(meant.size() < 2, () -> "Pipeline '" + pipeline + "' has several positions '" + key
				+ "'. Write the whole key of one of them: " + meant);
		Assert.isTrue(!meant.isEmpty(),
				() -> "Pipeline '" + pipeline + "' has no position '" + key + "'. It has: " + stored);
		return meant.get(0);
	}

	/**
	 * Deletes what is kept of a pipeline that is no longer configured anywhere: its
	 * positions, and the ids of its events in small steps. Its dead letters stay.
	 * @param id what its state is kept under: its name, unless its inbound said otherwise
	 * @return whether all is deleted; if not, as that takes longer than a moment, call it
	 * again
	 * @throws IllegalStateException if a pipeline of this application keeps its state
	 * there
	 */
	public boolean forget(String id) {
		Assert.state(this.pipelines.find(id) == null, () -> "Pipeline '" + id + "' is configured here: remove it from "
				+ "the configuration of all instances before its state is deleted");
		PipelineId pipeline = new PipelineId(this.pipelines.namespace().nameOrEmpty(), id);
		this.transactions.executeWithoutResult((status) -> this.sink.checkpoints().delete(pipeline));
		long deadline = System.nanoTime() + FORGET_TIME.toNanos();
		Integer found;
		do {
			found = this.transactions.execute((status) -> this.sink.inbox().purge(pipeline, AFTER_ALL, FORGET_STEP));
		}
		while (found != null && found > 0 && System.nanoTime() < deadline);
		return found == null || found == 0;
	}

	private PipelineEngine engine(PipelineName pipeline) {
		if (this.pipelines.find(pipeline) instanceof BufferedPipeline buffered) {
			throw new IllegalArgumentException("Pipeline '" + pipeline + "' has no positions: its events are read by '"
					+ buffered.reader().name() + "'");
		}
		PipelineEngine engine = this.pipelines.engines().get(pipeline);
		Assert.isTrue(engine != null, () -> "There is no pipeline '" + pipeline + "'");
		return engine;
	}

}
