/**
 * The delivery engine: a batch is transformed, written in one transaction, and answered.
 * <p>
 * API: {@link Pipelines}, {@link Pipeline}, {@link PipelineName},
 * {@link PipelineSettings}, {@link PipelineState}, {@link PipelineStatus},
 * {@link PipelineActivity}, {@link PipelineLog}, {@link PipelineUnavailableException},
 * {@link PullPipeline}, {@link TransformedBatch}, {@link SourceStatus},
 * {@link AdapterThreads}, {@link PushPipeline}, {@link BufferedPipeline},
 * {@link EventIntake}, {@link EventOutcome}, {@link EventBuffer}, {@link EventBuffers},
 * {@link RejectPolicy} and {@link InboundDescriber}, for connectors; the rest is internal
 * to MEGA and may change without notice.
 */
@NullMarked
package org.megaetl.pipeline;

import org.jspecify.annotations.NullMarked;
