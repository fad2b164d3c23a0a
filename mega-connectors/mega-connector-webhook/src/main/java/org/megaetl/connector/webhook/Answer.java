package org.megaetl.connector.webhook;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.format.UnreadableBodyException;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineUnavailableException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a sender is told. It always fits into the response's buffer, so that writing it
 * never waits for the sender.
 */
final class Answer {

	static final Answer WRITTEN = json(200, "{\"status\":\"written\"}");

	static final Answer SKIPPED = json(200, "{\"status\":\"skipped\"}");

	static final Answer DUPLICATE = json(200, "{\"status\":\"duplicate\"}");

	static final Answer METHOD_NOT_ALLOWED = problem(405, "method-not-allowed", "Method not allowed",
			"Events are posted here: send a POST request with the event as its body.")
		.with("Allow", "POST");

	static final Answer INCOMPLETE = problem(400, "incomplete", "Body incomplete",
			"The body of the request did not arrive whole.");

	static final Answer REQUEST_TIMEOUT = problem(408, "request-timeout", "Request too slow",
			"The body of the request did not arrive in time. Send it again.");

	static final Answer FAILED = problem(500, "internal", "Internal error",
			"The event could not be processed for a reason that is in the log of the server.");

	private static final Problem ID_REUSED = new Problem("id-reused", "Id used before",
			"An event with another body was taken under this id before. Send this one with an id of its own.");

	private static final Problem SOME_REFUSED = new Problem("events-refused", "Events refused",
			"Nothing was stored for the events that are refused; what became of the others is said of each.");

	/** What a response can hold before it must be sent. */
	private static final int BUFFER_SIZE = 8192;

	/** In characters, of which each takes 6 bytes at most. */
	private static final int MAX_DETAIL_LENGTH = 1000;

	private static final int MAX_ID_LENGTH = 200;

	/** Nothing tells how long it will take. */
	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	private final int status;

	private final String contentType;

	private final byte[] body;

	private final Map<String, String> headers;

	private Answer(int status, String contentType, byte[] body, Map<String, String> headers) {
		this.status = status;
		this.contentType = contentType;
		this.body = body;
		this.headers = headers;
	}

	/**
	 * Returns the answer for an event, as its future was completed.
	 * @param outcome what became of the event, or {@code null} if it was not settled
	 * @param failure why it was not settled; its words are not the sender's business
	 * @param eventId the event's id, or {@code null} if it has none
	 * @return the answer
	 */
	static Answer of(@Nullable EventOutcome outcome, @Nullable Throwable failure, @Nullable String eventId) {
		if (outcome instanceof EventOutcome.Written) {
			return WRITTEN;
		}
		if (outcome instanceof EventOutcome.Skipped) {
			return SKIPPED;
		}
		if (outcome instanceof EventOutcome.Duplicate duplicate) {
			return duplicate.sameBody() ? DUPLICATE : problem(422, ID_REUSED, eventId, null);
		}
		if (outcome instanceof EventOutcome.Rejected rejected) {
			return problem(422, new Problem("rejected", "Event rejected", rejected.reason()), eventId, null);
		}
		if (outcome instanceof EventOutcome.DeadLettered deadLettered) {
			// not the reason: it may be the database's words
			return json(202, "{\"status\":\"dead-lettered\",\"id\":" + deadLettered.id() + "}");
		}
		if (outcome instanceof EventOutcome.Buffered buffered) {
			return json(202, "{\"status\":\"buffered\",\"pipeline\":\"" + buffered.reader() + "\"}");
		}
		if (outcome instanceof EventOutcome.TooLarge tooLarge) {
			return problem(413, new Problem("too-large", "Event too large", tooLarge.reason()), eventId, null);
		}
		if (failure instanceof PipelineUnavailableException unavailable) {
			return problem(503,
					new Problem("unavailable", "Temporarily unavailable",
							"The event cannot be stored now. Send it again later."),
					eventId, null)
				.retryAfter(unavailable.retryAfter());
		}
		return FAILED;
	}

	/**
	 * Returns the answer for the events of a request.
	 * @param items what became of each
	 * @return the answer, whose status is that of the event that fared worst
	 */
	static Answer of(List<ItemAnswer> items) {
		if (any(items, "rejected") || any(items, "id-reused") || any(items, "too-large")) {
			return problem(422, SOME_REFUSED, null, items);
		}
		if (any(items, "buffered")) {
			return json(202, new Batch("buffered", items));
		}
		if (any(items, "dead-lettered")) {
			return json(202, new Batch("dead-lettered", items));
		}
		return json(200, new Batch(statusOf(items), items));
	}

	private static boolean any(List<ItemAnswer> items, String status) {
		return items.stream().anyMatch((item) -> item.is(status));
	}

	private static String statusOf(List<ItemAnswer> items) {
		if (any(items, "written")) {
			return "written";
		}
		boolean duplicates = !items.isEmpty() && items.stream().allMatch((item) -> item.is("duplicate"));
		return duplicates ? "duplicate" : "skipped";
	}

	static Answer tooLarge(String detail) {
		return problem(413, "too-large", "Body too large", detail);
	}

	static Answer unreadable(UnreadableBodyException failure) {
		String detail = String.valueOf(failure.getMessage());
		return switch (failure.kind()) {
			case MALFORMED -> problem(400, "malformed", "Body malformed", detail);
			case TOO_LARGE -> tooLarge(detail);
			case NOT_SUPPORTED -> problem(415, "not-supported", "Not supported", detail);
		};
	}

	/**
	 * Returns the answer for somebody who is not known. It does not say why not.
	 */
	static Answer unauthenticated(String challenge) {
		return problem(401, "unauthenticated", "Not authenticated", "The request is not signed as it must be here.")
			.with("WWW-Authenticate", challenge);
	}

	static Answer tooMany(Duration retryAfter) {
		return problem(429, "too-many-requests", "Too many requests", "Send it again later, and more slowly.")
			.retryAfter(retryAfter);
	}

	static Answer busy() {
		return problem(503, "busy", "Busy", "Too much is under way. Send the event again later.")
			.retryAfter(Duration.ofSeconds(1));
	}

	static Answer timedOut(Duration responseTimeout, @Nullable String eventId) {
		return problem(503,
				new Problem("timeout", "Not committed in time", "The event was not committed within "
						+ responseTimeout.toMillis() + " ms; it may still be. Send it again later."),
				eventId, null)
			.retryAfter(RETRY_AFTER);
	}

	/**
	 * Returns what somebody sees who wants to know whether events may be sent here, as in
	 * the specification of CloudEvents' webhooks.
	 */
	static Answer allowed(String origin) {
		return new Answer(200, "application/json", new byte[0],
				Map.of("WebHook-Allowed-Origin", origin, "WebHook-Allowed-Rate", "*", "Allow", "POST"));
	}

	static Answer text(byte[] text) {
		return new Answer(200, "text/plain", text, Map.of());
	}

	private static Answer json(int status, String body) {
		return new Answer(status, "application/json", body.getBytes(StandardCharsets.US_ASCII), Map.of());
	}

	private static Answer json(int status, Object body) {
		return new Answer(status, "application/json", JsonMapper.shared().writeValueAsBytes(body), Map.of());
	}

	private static Answer problem(int status, String type, String title, String detail) {
		return problem(status, new Problem(type, title, detail), null, null);
	}

	private static Answer problem(int status, Problem problem, @Nullable String eventId,
			@Nullable List<ItemAnswer> events) {
		Details details = new Details("urn:mega:problem:" + problem.type(), problem.title(), status,
				limit(problem.detail(), MAX_DETAIL_LENGTH), (eventId != null) ? limit(eventId, MAX_ID_LENGTH) : null,
				events);
		return new Answer(status, "application/problem+json", JsonMapper.shared().writeValueAsBytes(details), Map.of());
	}

	static String limit(String text, int maxLength) {
		String limited = (text.length() <= maxLength) ? text : text.substring(0, maxLength - 1) + "…";
		// replaces surrogates without their other half, which cannot be written as UTF-8
		return new String(limited.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

	private Answer retryAfter(Duration time) {
		return with("Retry-After", Long.toString(Math.max(1, time.plusMillis(999).toSeconds())));
	}

	private Answer with(String header, String value) {
		return new Answer(this.status, this.contentType, this.body, Map.of(header, value));
	}

	int status() {
		return this.status;
	}

	void writeTo(HttpServletResponse response) throws IOException {
		response.setStatus(this.status);
		if (!this.headers.isEmpty()) {
			this.headers.forEach(response::setHeader);
		}
		response.setContentType(this.contentType);
		if (this.body.length >= BUFFER_SIZE) {
			response.setBufferSize(this.body.length + 1);
		}
		// No content length here: with its last byte the response would be complete, and
		// be
		// sent at once, by this thread. The server adds it when it sends the buffer
		response.getOutputStream().write(this.body);
	}

	/**
	 * What is wrong.
	 *
	 * @param type tells the kinds of problem apart, and never changes
	 * @param title the kind of problem, for a person
	 * @param detail what is wrong this time, for a person
	 */
	private record Problem(String type, String title, String detail) {

	}

	/**
	 * A problem as in RFC 9457.
	 *
	 * @param eventId the event's id, if it has one
	 * @param events what became of each event, if there were several
	 */
	@JsonInclude(Include.NON_NULL)
	private record Details(String type, String title, int status, String detail, @Nullable String eventId,
			@Nullable List<ItemAnswer> events) {

	}

	/**
	 * What became of several events.
	 */
	private record Batch(String status, List<ItemAnswer> events) {

	}

}
