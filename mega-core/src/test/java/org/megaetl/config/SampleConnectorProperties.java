package org.megaetl.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A connector as far as its keys go. Only its metadata is on the class path: it is no
 * bean, as if it were not enabled.
 *
 * @param enabled Whether the connector is enabled.
 * @param inbound Inbounds by name.
 */
@ConfigurationProperties("mega.connectors.sample")
record SampleConnectorProperties(@DefaultValue("false") boolean enabled, Map<String, Inbound> inbound) {

	record Inbound(String path, String transformer, Duration pollInterval, List<String> topics, List<Route> routes,
			Map<String, String> headers) {

		Inbound {
			throw new IllegalStateException("Not created for a check");
		}

	}

	record Route(String fromPath) {

	}

}
