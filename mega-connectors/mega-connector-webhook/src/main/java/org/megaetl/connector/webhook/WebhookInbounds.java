package org.megaetl.connector.webhook;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.webhook.WebhookConnectorProperties.Inbound;
import org.megaetl.connector.webhook.auth.AuthScheme;
import org.megaetl.connector.webhook.auth.Authenticator;
import org.megaetl.connector.webhook.format.BodyFormat;
import org.megaetl.connector.webhook.format.EventIds;
import org.megaetl.connector.webhook.format.EventReader;
import org.megaetl.pipeline.EventBuffers;
import org.megaetl.pipeline.EventIntake;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * All inbounds of the webhook connector, checked. Immutable.
 */
final class WebhookInbounds {

	private static final String PREFIX = "mega.connectors.webhook.";

	private static final DataSize MAX_BODY_SIZE = DataSize.ofGigabytes(1);

	private final List<WebhookInbound> inbounds = new ArrayList<>();

	/**
	 * Checks the configuration and creates a pipeline for each inbound.
	 * @param properties the configuration
	 * @param http2 whether the server takes requests of HTTP/2
	 * @param actuatorPath the path that the actuator's endpoints are under on the same
	 * port, empty if there are none
	 * @param guards knows how senders authenticate
	 * @param pipelines creates the pipelines
	 * @param buffers what inbounds may name as their buffer
	 * @throws InvalidConfigurationException if there is a mistake in the configuration
	 */
	WebhookInbounds(WebhookConnectorProperties properties, boolean http2, String actuatorPath, InboundGuards guards,
			Pipelines pipelines, ObjectProvider<EventBuffers> buffers) {
		checkSizes(properties, http2);
		if (properties.inbound().isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "enabled' is true, but no inbound is configured, so that nothing can be posted.",
					"Add an inbound, such as '" + PREFIX + "inbound.orders.path=/' and '" + PREFIX
							+ "inbound.orders.transformer=order', or set '" + PREFIX + "enabled' to false.");
		}
		// all is checked before the first pipeline is created
		Map<String, PipelineSettings> settings = new LinkedHashMap<>();
		List<Function<Pipelines, WebhookInbound>> checked = new ArrayList<>();
		properties.inbound().forEach((name, inbound) -> {
			// without one only where there is a buffer, as is checked below
			String transformer = Objects.requireNonNullElse(inbound.transformer(), "");
			PipelineSettings added = new PipelineSettings(PipelineName.ofInbound("webhook", name), transformer,
					inbound.id(), inbound.onReject(), inbound.idRetention(), null);
			InboundPath.check(inbound.path(), added.property("path"), actuatorPath);
			PipelineSettings other = settings.putIfAbsent(inbound.path(), added);
			if (other != null) {
				throw new InvalidConfigurationException("'" + other.property("path") + "' and '"
						+ added.property("path") + "' are the same path '" + inbound.path() + "'.",
						"Give one of the two inbounds another path.");
			}
			checked.add(inbound(inbound, added, guards, buffers));
		});
		checked.forEach((inbound) -> this.inbounds.add(inbound.apply(pipelines)));
	}

	private static Function<Pipelines, WebhookInbound> inbound(Inbound inbound, PipelineSettings settings,
			InboundGuards guards, ObjectProvider<EventBuffers> buffers) {
		Function<Pipelines, EventIntake> intake = intake(inbound, settings, buffers);
		AuthScheme scheme = (inbound.auth() != null) ? inbound.auth() : AuthScheme.NONE;
		Authenticator authenticator = guards.authenticator(inbound, settings);
		EventReader reader = new EventReader(settings.name().toString(), format(inbound, scheme),
				eventIds(inbound, scheme, settings), inbound.maxEvents());
		boolean compareBodies = (inbound.compareBodies() != null) ? inbound.compareBodies() : scheme.isBodyStable();
		return (pipelines) -> new WebhookInbound(inbound.path(), scheme, authenticator,
				new RateLimit(inbound.rateLimit(), inbound.clientRateLimit()), reader, compareBodies, inbound.origins(),
				intake.apply(pipelines));
	}

	private static Function<Pipelines, EventIntake> intake(Inbound inbound, PipelineSettings settings,
			ObjectProvider<EventBuffers> buffers) {
		if (inbound.buffer() == null) {
			if (!StringUtils.hasText(inbound.transformer())) {
				throw new InvalidConfigurationException("'" + settings.property("transformer") + "' is not set.",
						"Set it to the name of a transformer, such as 'order'.");
			}
			return (pipelines) -> pipelines.push(settings);
		}
		checkBuffered(inbound, settings);
		List<String> names = buffers.orderedStream().map(EventBuffers::name).toList();
		EventBuffers found = buffers.orderedStream()
			.filter((each) -> each.name().equals(inbound.buffer()))
			.findFirst()
			.orElseThrow(
					() -> new InvalidConfigurationException(
							"'" + settings.property("buffer") + "' is '" + inbound.buffer()
									+ "', but no connector of that "
									+ "name that can keep events is on the class path and enabled. "
									+ (names.isEmpty() ? "There is none at all."
											: "There are: " + String.join(", ", names)),
							"Set 'mega.connectors." + inbound.buffer() + ".enabled' to true, and add 'mega-connector-"
									+ inbound.buffer() + "' to the class path, or remove 'buffer'."));
		return (pipelines) -> pipelines.buffered(settings.name(), found.open(settings.name()));
	}

	// What the reader of the buffer decides
	private static void checkBuffered(Inbound inbound, PipelineSettings settings) {
		Map<String, Boolean> set = new LinkedHashMap<>();
		set.put("transformer", inbound.transformer() != null);
		set.put("on-reject", inbound.onReject() != RejectPolicy.ANSWER);
		set.put("id", inbound.id() != null);
		set.put("id-retention", inbound.idRetention() != null);
		set.put("compare-bodies", inbound.compareBodies() != null);
		set.forEach((key, isSet) -> {
			if (isSet) {
				throw new InvalidConfigurationException(
						"'" + settings.property(key) + "' and '" + settings.property("buffer")
								+ "' are both set, but with a buffer, '" + key + "' decides nothing here.",
						"Remove it: what reads the buffer, '" + inbound.buffer() + "." + settings.name().inbound()
								+ "', transforms the events and keeps their ids.");
			}
		});
	}

	// A signature is not of the content type: who sends a request again could choose one
	// that gives its event another id
	private static BodyFormat format(Inbound inbound, AuthScheme scheme) {
		if (inbound.format() != null) {
			return inbound.format();
		}
		return scheme.isSigned() ? BodyFormat.EVENT : BodyFormat.AUTO;
	}

	private static EventIds eventIds(Inbound inbound, AuthScheme scheme, PipelineSettings settings) {
		if (inbound.eventId() != null && inbound.format() == BodyFormat.CLOUDEVENTS) {
			throw new InvalidConfigurationException(
					"'" + settings.property("event-id") + "' is set, but '" + settings.property("format")
							+ "' is 'cloudevents': the id of a CloudEvent is its source and id together.",
					"Remove '" + settings.property("event-id") + "', or set another format.");
		}
		try {
			return new EventIds((inbound.eventId() != null) ? inbound.eventId() : scheme.eventId(),
					scheme.namesOfOneHeader(), scheme == AuthScheme.SLACK);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException(
					"'" + settings.property("event-id") + "' is " + inbound.eventId() + ": " + ex.getMessage() + ".",
					"Name headers, such as 'Idempotency-Key', or JSON pointers into the event, such as '/order/id'.",
					ex);
		}
	}

	private static void checkSizes(WebhookConnectorProperties properties, boolean http2) {
		DataSize size = properties.maxBodySize();
		if (size.toBytes() < 1 || size.compareTo(MAX_BODY_SIZE) > 0) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "max-body-size' is " + size.toBytes() + " bytes, which is not between 1 byte and "
							+ MAX_BODY_SIZE.toGigabytes() + " GB.",
					"Set it to the size of the largest event that is to be expected, such as 1MB.");
		}
		DataSize inFlight = properties.maxBytesInFlight();
		long single = size.toBytes() + (http2 ? InFlight.HTTP2_BUFFERS : 0);
		if (inFlight.toBytes() < single) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "max-bytes-in-flight' is " + inFlight.toBytes() + " bytes, less than the " + single
							+ " bytes that a single request may take: 'max-body-size'"
							+ (http2 ? ", and " + InFlight.HTTP2_BUFFERS
									+ " bytes that the server holds for a request of HTTP/2." : "."),
					"Set it to the memory that requests may take together, such as 128MB.");
		}
	}

	/**
	 * Returns all inbounds.
	 * @return at least one inbound, in the order configured
	 */
	List<WebhookInbound> all() {
		return Collections.unmodifiableList(this.inbounds);
	}

}
