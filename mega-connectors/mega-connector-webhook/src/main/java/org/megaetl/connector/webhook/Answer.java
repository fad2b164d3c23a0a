package org.megaetl.connector.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineUnavailableException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a sender is told. It is always smaller than a response's buffer (8 KB), so that
 * writing it never waits for the sender.
 */
final class Answer {

	static final Answer WRITTEN = json(200, "{\"status\":\"written\"}");

	static final Answer SKIPPED = json(200, "{\"status\":\"skipped\"}");

	static final Answer DUPLICATE = json(200, "{\"status\":\"duplicate\"}");

	static final Answer ID_REUSED = problem(422, "id-reused", "Id used before",
			"An event with another body was taken under this id before. Send this one with an id of its own.");

	static final Answer METHOD_NOT_ALLOWED = problem(405, "method-not-allowed", "Method not allowed",
			"Events are posted here: send a POST request with the event as its body.")
		.with("Allow", "POST");

	static final Answer FAILED = problem(500, "internal", "Internal error",
			"The event could not be processed for a reason that is in the log of the server.");

	/** In characters, of which each takes 6 bytes at most. */
	private static final int MAX_DETAIL_LENGTH = 1000;

	private final int status;

	private final String contentType;

	private final byte[] body;

	private final @Nullable String header;

	private final @Nullable String headerValue;

	private Answer(int status, String contentType, byte[] body, @Nullable String header, @Nullable String headerValue) {
		this.status = status;
		this.contentType = contentType;
		this.body = body;
		this.header = header;
		this.headerValue = headerValue;
	}

	/**
	 * Returns the answer for an event, as its future was completed.
	 * @param outcome what became of the event, or {@code null} if it was not settled
	 * @param failure why it was not settled; its words are not the sender's business
	 * @return the answer
	 */
	static Answer of(@Nullable EventOutcome outcome, @Nullable Throwable failure) {
		if (outcome instanceof EventOutcome.Written) {
			return WRITTEN;
		}
		if (outcome instanceof EventOutcome.Skipped) {
			return SKIPPED;
		}
		if (outcome instanceof EventOutcome.Duplicate duplicate) {
			return duplicate.sameBody() ? DUPLICATE : ID_REUSED;
		}
		if (outcome instanceof EventOutcome.Rejected rejected) {
			return problem(422, "rejected", "Event rejected", rejected.reason());
		}
		if (outcome instanceof EventOutcome.DeadLettered deadLettered) {
			// not the reason: it may be the database's words
			return json(202, "{\"status\":\"dead-lettered\",\"id\":" + deadLettered.id() + "}");
		}
		if (failure instanceof PipelineUnavailableException unavailable) {
			return problem(503, "unavailable", "Temporarily unavailable",
					"The event cannot be committed now. Send it again later.")
				.retryAfter(unavailable.retryAfter());
		}
		return FAILED;
	}

	static Answer tooLarge(int maxBodySize) {
		return problem(413, "too-large", "Body too large",
				"The body of a request may have " + maxBodySize + " bytes at most.");
	}

	static Answer timedOut(Duration responseTimeout, Duration retryAfter) {
		return problem(503, "timeout", "Not committed in time", "The event was not committed within "
				+ responseTimeout.toMillis() + " ms; it may still be. Send it again later.")
			.retryAfter(retryAfter);
	}

	private static Answer json(int status, String body) {
		return new Answer(status, "application/json", body.getBytes(StandardCharsets.US_ASCII), null, null);
	}

	private static Answer problem(int status, String type, String title, String detail) {
		Problem problem = new Problem("urn:mega:problem:" + type, title, status, limit(detail));
		return new Answer(status, "application/problem+json", JsonMapper.shared().writeValueAsBytes(problem), null,
				null);
	}

	private static String limit(String detail) {
		String limited = (detail.length() <= MAX_DETAIL_LENGTH) ? detail
				: detail.substring(0, MAX_DETAIL_LENGTH - 1) + "…";
		// replaces surrogates without their other half, which cannot be written as UTF-8
		return new String(limited.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

	private Answer retryAfter(Duration time) {
		return with("Retry-After", Long.toString(Math.max(1, time.plusMillis(999).toSeconds())));
	}

	private Answer with(String header, String value) {
		return new Answer(this.status, this.contentType, this.body, header, value);
	}

	void writeTo(HttpServletResponse response) throws IOException {
		response.setStatus(this.status);
		if (this.header != null) {
			response.setHeader(this.header, this.headerValue);
		}
		response.setContentType(this.contentType);
		// No content length here: with its last byte the response would be complete, and
		// be
		// sent at once, by this thread. The server adds it when it sends the buffer
		response.getOutputStream().write(this.body);
	}

	/**
	 * A problem as in RFC 9457.
	 *
	 * @param type tells the kinds of problem apart, and never changes
	 * @param title the kind of problem, for a person
	 * @param status the HTTP status
	 * @param detail what is wrong this time, for a person
	 */
	private record Problem(String type, String title, int status, String detail) {

	}

}
