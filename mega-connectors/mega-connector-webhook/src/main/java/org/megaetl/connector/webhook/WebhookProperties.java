package org.megaetl.connector.webhook;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the webhook connector.
 *
 * @param enabled whether events are taken over HTTP
 * @param inbound the inbounds by name; the pipeline of each is named webhook.(name)
 * @param maxBodySize largest body of a request that is accepted
 * @param responseTimeout how long a sender waits for the commit before it is told to send
 * the event again
 */
@Validated
@ConfigurationProperties("mega.connectors.webhook")
record WebhookProperties(@DefaultValue("false") boolean enabled, @DefaultValue Map<String, @Valid Inbound> inbound,
		@DefaultValue("1MB") DataSize maxBodySize,
		@DefaultValue("30s") @DurationMin(millis = 1) Duration responseTimeout) {

	/**
	 * One address that events are posted to.
	 *
	 * @param path exact path of the address, such as /orders
	 * @param transformer name of the transformer
	 * @param onReject what happens to an event that the transformer refuses
	 * @param id what the state of the pipeline is kept under, so that the inbound can be
	 * renamed; the pipeline's name if not set
	 * @param sample file with an event to try the address with; the log of the start says
	 * how
	 * @param idRetention how long ids of events are remembered; as long as
	 * mega.inbox.retention says if not set
	 */
	record Inbound(@NotBlank String path, @NotBlank String transformer, @DefaultValue("answer") RejectPolicy onReject,
			@Nullable @Size(min = 1, max = 127) String id, @Nullable Path sample,
			@Nullable @DurationMin(minutes = 1) Duration idRetention) {

	}

}
