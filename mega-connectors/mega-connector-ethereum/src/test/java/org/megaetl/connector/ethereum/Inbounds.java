package org.megaetl.connector.ethereum;

import java.util.LinkedHashMap;
import java.util.Map;

import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Inbounds as configuration gives them.
 */
final class Inbounds {

	private Inbounds() {
	}

	static Inbound of(String... properties) {
		Map<String, String> all = new LinkedHashMap<>(
				Map.of("inbound.endpoints", "http://localhost:8545", "inbound.transformer", "rows"));
		for (String property : properties) {
			if (property.startsWith("endpoints[")) {
				all.remove("inbound.endpoints");
			}
			all.put("inbound." + property.substring(0, property.indexOf('=')),
					property.substring(property.indexOf('=') + 1));
		}
		return new Binder(new MapConfigurationPropertySource(all)).bindOrCreate("inbound", Inbound.class);
	}

}
