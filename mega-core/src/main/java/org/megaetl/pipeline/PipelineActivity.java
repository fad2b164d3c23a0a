package org.megaetl.pipeline;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What a pipeline did last, whatever its state is by now.
 *
 * @param lastEvent when events were last settled, or {@code null} if none were since the
 * application started
 * @param lastErrorAt when the database or the source was last tried in vain, or the
 * pipeline failed; {@code null} if neither has happened since the application started
 * @param lastError what was wrong then, or {@code null}; no secrets
 */
public record PipelineActivity(@Nullable Instant lastEvent, @Nullable Instant lastErrorAt, @Nullable String lastError) {

}
