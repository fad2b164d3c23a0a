package org.megaetl.deadletter;

import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Sha256;

/**
 * An event that could not be written, without its payload.
 *
 * @param id identifies it
 * @param pipeline what the state of its pipeline is kept under: the pipeline's name, or
 * the {@code id} of its inbound
 * @param positionKey the part of the source it came from, or {@code null} if the source
 * has no positions
 * @param position its place in that part, or {@code null}
 * @param eventId the sender's id of it, or {@code null}
 * @param eventKey the key it was ordered by, or {@code null}
 * @param timestamp the source's time of it, or {@code null}
 * @param headers what the source said about it
 * @param payloadLength how many bytes it has
 * @param payloadSha256 the SHA-256 of its payload, hexadecimal
 * @param payloadStored whether the payload is stored; only then can it be replayed
 * @param reason the class of reason why it failed last
 * @param message what the transformer or the database said
 * @param sqlState the database's SQL state, or {@code null} if it did not speak
 * @param vendorCode the database's error code, or {@code null} if it did not speak
 * @param attempts how often it has failed: once, and once for each replay
 * @param firstFailedAt when it failed first
 * @param lastFailedAt when it failed last
 */
public record DeadLetter(long id, String pipeline, @Nullable String positionKey, @Nullable String position,
		@Nullable String eventId, @Nullable String eventKey, @Nullable Instant timestamp,
		Map<String, List<String>> headers, long payloadLength, String payloadSha256, boolean payloadStored,
		DeadLetterReason reason, @Nullable String message, @Nullable String sqlState, @Nullable Integer vendorCode,
		int attempts, Instant firstFailedAt, Instant lastFailedAt) {

	/**
	 * Returns whether a payload is that of the event, whether it is stored or not.
	 * @param payload the payload
	 * @return whether it is the same
	 */
	public boolean hasPayload(byte[] payload) {
		return this.payloadSha256.equals(HexFormat.of().formatHex(Sha256.of(payload)));
	}

}
