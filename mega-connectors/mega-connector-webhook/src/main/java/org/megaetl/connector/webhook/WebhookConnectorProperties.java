package org.megaetl.connector.webhook;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.auth.AuthScheme;
import org.megaetl.connector.webhook.auth.HmacAlgorithm;
import org.megaetl.connector.webhook.auth.SignatureEncoding;
import org.megaetl.connector.webhook.format.BodyFormat;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.Delimiter;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Properties of the webhook connector.
 *
 * @param enabled whether events are taken over HTTP
 * @param inbound the inbounds by name; the pipeline of each is named webhook.(name)
 * @param maxBodySize largest body of a request that is accepted, also when it is
 * decompressed
 * @param requestTimeout how long the body of a request may take to arrive
 * @param responseTimeout how long a sender waits for the commit before it is told to send
 * the event again
 * @param maxRequests most requests that are under way at once
 * @param maxBytesInFlight most bytes that the bodies of all requests under way may have
 * together
 */
@Validated
@ConfigurationProperties("mega.connectors.webhook")
record WebhookConnectorProperties(@DefaultValue("false") boolean enabled,
		@DefaultValue Map<String, @Valid Inbound> inbound, @DefaultValue("1MB") DataSize maxBodySize,
		@DefaultValue("10s") @DurationMin(millis = 1) Duration requestTimeout,
		@DefaultValue("30s") @DurationMin(millis = 1) Duration responseTimeout,
		@DefaultValue("10000") @Min(1) int maxRequests, @DefaultValue("128MB") DataSize maxBytesInFlight) {

	/**
	 * One address that events are posted to.
	 *
	 * @param path exact path of the address, such as /orders
	 * @param transformer name of the transformer, unless there is a buffer
	 * @param buffer connector that keeps the events until its inbound of the same name
	 * reads them, such as kafka, so that they are taken while the database is away; none
	 * if not set
	 * @param onReject what happens to an event that the transformer refuses
	 * @param id what the state of the pipeline is kept under, so that the inbound can be
	 * renamed; the pipeline's name if not set
	 * @param sample file with an event to try the address with; the log of the start says
	 * how
	 * @param idRetention how long ids of events are remembered; as long as
	 * mega.inbox.retention says if not set
	 * @param auth how senders authenticate
	 * @param secrets secrets that are valid, several while one is being replaced
	 * @param secretFile file with the secrets instead, one a line; it is read again when
	 * it changes
	 * @param hmac what is signed and where the signature is, for auth: hmac
	 * @param timestampTolerance how far the signed time of a request may be from now
	 * @param eventId where the id of an event is: names of headers, and JSON pointers
	 * into the event; what is usual for the way to authenticate if not set
	 * @param compareBodies whether an event with the id of an earlier one but another
	 * body is refused; for Stripe, it is not if not set
	 * @param format what the body of a request is; one event if requests are signed, else
	 * what its content type says, if not set
	 * @param maxEvents most events of a request
	 * @param rateLimit most requests a second, of all clients together
	 * @param clientRateLimit most requests a second of each client
	 * @param origins who may ask with an OPTIONS request whether CloudEvents may be sent
	 * here, such as eventgrid.azure.net
	 */
	record Inbound(@NotBlank String path, @Nullable @Size(min = 1) String transformer,
			@Nullable @Size(min = 1) String buffer, @DefaultValue("answer") RejectPolicy onReject,
			@Nullable @Size(min = 1, max = 127) String id, @Nullable Path sample,
			@Nullable @DurationMin(minutes = 1) Duration idRetention, @Nullable AuthScheme auth,
			@Delimiter(Delimiter.NONE) @DefaultValue List<String> secrets, @Nullable Path secretFile,
			@Nullable @Valid Hmac hmac,
			@DefaultValue("5m") @DurationUnit(ChronoUnit.SECONDS) @DurationMin(seconds = 1) Duration timestampTolerance,
			@Nullable List<String> eventId, @Nullable Boolean compareBodies, @Nullable BodyFormat format,
			@DefaultValue("1000") @Min(1) int maxEvents, @Nullable @Min(1) Integer rateLimit,
			@Nullable @Min(1) Integer clientRateLimit, @DefaultValue Set<String> origins) {

		@Override
		public String toString() {
			// secrets have no business in a log
			return "Inbound[path=" + this.path + "]";
		}

	}

	/**
	 * What a sender signs, and where it puts the signature.
	 *
	 * @param header header with the signature
	 * @param algorithm hash function
	 * @param encoding how the signature is written
	 * @param prefix what comes before the signature
	 * @param signed what is signed: text in which {body} is the body, and any other name
	 * in braces the header of that name
	 * @param timestampHeader header with the time of the request in seconds
	 */
	record Hmac(@NotBlank String header, @DefaultValue("sha256") HmacAlgorithm algorithm,
			@DefaultValue("hex") SignatureEncoding encoding, @DefaultValue("") String prefix,
			@DefaultValue("{body}") String signed, @Nullable String timestampHeader) {

	}

}
