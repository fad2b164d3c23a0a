package org.megaetl.benchmarks;

import java.util.HashMap;
import java.util.Map;

/**
 * How a system under test is sent events.
 */
final class WebhookInbound {

	private WebhookInbound() {
	}

	/**
	 * Returns the properties of a program that takes orders.
	 * @param port where it is to listen
	 */
	static Map<String, String> properties(int port) {
		Map<String, String> properties = server(port);
		properties.put("mega.connectors.webhook.enabled", "true");
		String inbound = "mega.connectors.webhook.inbound.orders.";
		properties.put(inbound + "path", "/orders");
		properties.put(inbound + "transformer", "order");
		properties.put(inbound + "auth", "none");
		return properties;
	}

	/**
	 * Returns what is the same for all inbounds.
	 * @param port where the program is to listen
	 */
	static Map<String, String> server(int port) {
		Map<String, String> properties = new HashMap<>();
		properties.put("server.port", String.valueOf(port));
		// or a connection would be closed in the middle of a run
		properties.put("server.tomcat.max-keep-alive-requests", "-1");
		return properties;
	}

}
