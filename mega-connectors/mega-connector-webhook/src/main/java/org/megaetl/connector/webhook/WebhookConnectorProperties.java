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
 * @param enabled Whether events are taken over HTTP.
 * @param inbound Inbounds by name. The pipeline of each is named webhook.(name).
 * @param maxBodySize Maximum size of the body of a request, also when it is decompressed.
 * @param requestTimeout How long the body of a request may take to arrive.
 * @param responseTimeout How long a sender waits for the commit before it is told to send
 * the event again.
 * @param maxRequests Maximum number of requests under way at once. Beyond it senders are
 * told to come back later.
 * @param maxBytesInFlight Maximum size of the bodies of all requests under way together.
 * A body of HTTP/2 counts 128 KB more, which the server holds for it, and which all of
 * them may take half of this for. Beyond it senders are told to come back later.
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
	 * @param path Exact path that events are posted to, such as /orders.
	 * @param transformer Name of the transformer. Required unless there is a buffer.
	 * @param buffer Connector that keeps the events until its inbound of the same name
	 * reads them, such as kafka, so that they are taken while the database is away. By
	 * default events are written before they are answered.
	 * @param onReject What happens to an event that the transformer refuses.
	 * @param id Name that the state of the pipeline is kept under, so that the inbound
	 * can be renamed. By default the pipeline's name.
	 * @param sample File with an event to try the path with. The log of the start says
	 * how.
	 * @param idRetention How long ids of events are remembered. By default as long as
	 * mega.inbox.retention says.
	 * @param auth How senders authenticate.
	 * @param secrets Secrets that are valid, several while one is being replaced.
	 * @param secretFile File with the secrets, one a line, in place of a list. It is read
	 * again when it changes.
	 * @param hmac What is signed and where the signature is, for auth: hmac.
	 * @param timestampTolerance How far the signed time of a request may be from now.
	 * @param eventId Where the id of an event is: names of headers, and JSON pointers
	 * into the event. By default what is usual for the way senders authenticate.
	 * @param compareBodies Whether an event with the id of an earlier one but another
	 * body is refused. By default it is, but for Stripe.
	 * @param format Format of the body of a request. By default one event if requests are
	 * signed, else what its content type says.
	 * @param maxEvents Maximum number of events in a request.
	 * @param rateLimit Maximum number of requests a second, of all clients together. By
	 * default there is none.
	 * @param clientRateLimit Maximum number of requests a second of each client. By
	 * default there is none.
	 * @param origins Origins that may ask with an OPTIONS request whether CloudEvents may
	 * be sent here, such as eventgrid.azure.net.
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
	 * @param header Header with the signature.
	 * @param algorithm Hash function of the signature.
	 * @param encoding How the signature is written.
	 * @param prefix Text before the signature.
	 * @param signed What is signed: text in which {body} is the body, and any other name
	 * in braces the header of that name.
	 * @param timestampHeader Header with the time of the request in seconds.
	 */
	record Hmac(@NotBlank String header, @DefaultValue("sha256") HmacAlgorithm algorithm,
			@DefaultValue("hex") SignatureEncoding encoding, @DefaultValue("") String prefix,
			@DefaultValue("{body}") String signed, @Nullable String timestampHeader) {

	}

}
