package org.megaetl.connector.webhook;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;

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
	 * @param actuatorPath the path that the actuator's endpoints are under on the same
	 * port, empty if there are none
	 * @param pipelines creates the pipelines
	 * @throws InvalidConfigurationException if there is a mistake in the configuration
	 */
	WebhookInbounds(WebhookProperties properties, String actuatorPath, Pipelines pipelines) {
		checkBodySize(properties.maxBodySize());
		if (properties.inbound().isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "enabled' is true, but no inbound is configured, so that nothing can be posted.",
					"Add an inbound, such as '" + PREFIX + "inbound.orders.path=/' and '" + PREFIX
							+ "inbound.orders.transformer=order', or set '" + PREFIX + "enabled' to false.");
		}
		// all is checked before the first pipeline is created
		Map<String, PipelineSettings> settings = new LinkedHashMap<>();
		properties.inbound().forEach((name, inbound) -> {
			PipelineSettings added = new PipelineSettings(pipelineName(name), inbound.transformer(), inbound.id(),
					inbound.onReject(), inbound.idRetention(), null);
			InboundPath.check(inbound.path(), added.property("path"), actuatorPath);
			PipelineSettings other = settings.putIfAbsent(inbound.path(), added);
			if (other != null) {
				throw new InvalidConfigurationException("'" + other.property("path") + "' and '"
						+ added.property("path") + "' are the same path '" + inbound.path() + "'.",
						"Give one of the two inbounds another path.");
			}
		});
		settings.forEach((path, each) -> this.inbounds.add(new WebhookInbound(path, pipelines.push(each))));
	}

	private static void checkBodySize(DataSize size) {
		if (size.toBytes() < 1 || size.compareTo(MAX_BODY_SIZE) > 0) {
			throw new InvalidConfigurationException(
					"'" + PREFIX + "max-body-size' is " + size.toBytes() + " bytes, which is not between 1 byte and "
							+ MAX_BODY_SIZE.toGigabytes() + " GB.",
					"Set it to the size of the largest event that is to be expected, such as 1MB.");
		}
	}

	private static PipelineName pipelineName(String inbound) {
		try {
			return new PipelineName("webhook", inbound);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException("The name of the inbound '" + PREFIX + "inbound." + inbound
					+ "' is not valid: " + ex.getMessage() + ".", "Rename the inbound.", ex);
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
