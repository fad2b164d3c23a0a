package org.megaetl.pipeline;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A pipeline's state at one moment.
 *
 * @param state what it is doing
 * @param since when it began to
 * @param reason why, where there is something to say, or {@code null}
 * @param attempts how often the database or the source was tried in vain since then
 */
public record PipelineStatus(PipelineState state, Instant since, @Nullable String reason, int attempts) {

}
