package org.megaetl.actuate;

import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetterFilter;
import org.megaetl.deadletter.DeadLetterReason;
import org.megaetl.deadletter.DeadLetterService;

import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.core.io.InputStreamResource;
import org.springframework.util.MimeType;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the
 * {@link MegaDeadLettersEndpoint} that exports dead letters.
 */
@EndpointWebExtension(endpoint = MegaDeadLettersEndpoint.class)
public final class MegaDeadLettersEndpointWebExtension {

	private static final MimeType NDJSON = new MimeType("application", "x-ndjson");

	private final MegaDeadLettersEndpoint endpoint;

	private final DeadLetterService deadLetters;

	MegaDeadLettersEndpointWebExtension(MegaDeadLettersEndpoint endpoint, DeadLetterService deadLetters) {
		this.endpoint = endpoint;
		this.deadLetters = deadLetters;
	}

	/**
	 * Shows one dead letter, or exports all that a filter chooses.
	 * @param id the dead letter, or {@code export}
	 * @param pipeline what the pipeline's state is kept under, or {@code null} for all
	 * @param reason the class of reason, or {@code null} for any
	 * @param since the earliest time of the last failure, or {@code null}
	 * @param until the time before which the last failure was, or {@code null}
	 * @param eventId the sender's id, or {@code null} for any
	 * @return the dead letter, or lines of JSON
	 */
	@ReadOperation
	public WebEndpointResponse<?> showOrExport(@Selector String id, @Nullable String pipeline,
			@Nullable DeadLetterReason reason, @Nullable Instant since, @Nullable Instant until,
			@Nullable String eventId) {
		if (id.equals("export")) {
			DeadLetterFilter filter = new DeadLetterFilter(pipeline, reason, since, until, eventId);
			return new WebEndpointResponse<>(new InputStreamResource(this.deadLetters.export(filter)), NDJSON);
		}
		MegaDeadLettersEndpoint.DeadLetterDescriptor found;
		try {
			found = this.endpoint.show(Long.parseLong(id));
		}
		catch (NumberFormatException ex) {
			throw Refusal.of("'" + id + "' is neither the id of a dead letter, which is a number, nor 'export'");
		}
		return (found != null) ? new WebEndpointResponse<>(found)
				: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
	}

}
