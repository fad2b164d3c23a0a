package org.megaetl.connector.webhook;

import java.util.regex.Pattern;

import org.megaetl.config.InvalidConfigurationException;

/**
 * Knows which paths can be posted to: exact ones, written as a server sees them once it
 * has decoded and normalized a request's path.
 */
final class InboundPath {

	/** Segments of RFC 3986's "pchar" but for percent signs, semicolons and asterisks. */
	private static final Pattern EXACT = Pattern.compile("/|(/(?!\\.{1,2}(/|$))[\\w.~!$&'()+,=:@-]+)+");

	private InboundPath() {
	}

	static void check(String path, String property, String actuatorPath) {
		if (!EXACT.matcher(path).matches()) {
			throw new InvalidConfigurationException(
					"'" + property + "' is '" + path + "', which is not an exact path: " + reason(path) + ".",
					"Write a path such as '/' or '/shop/orders': a '/' and a name, as often as needed, "
							+ "without a '/' at the end.");
		}
		if (!actuatorPath.isEmpty() && (path.equals(actuatorPath) || path.startsWith(actuatorPath + "/"))) {
			throw new InvalidConfigurationException(
					"'" + property + "' is '" + path + "', but the actuator's endpoints are under '" + actuatorPath
							+ "'.",
					"Choose another path, or move the actuator with 'management.endpoints.web.base-path' or "
							+ "'management.server.port'.");
		}
	}

	private static String reason(String path) {
		if (!path.startsWith("/")) {
			return "it does not start with '/'";
		}
		if (path.endsWith("/")) {
			return "it ends with '/'";
		}
		if (path.contains("*") || path.contains("{")) {
			return "it contains a wildcard";
		}
		if (path.contains("?")) {
			return "it contains a query";
		}
		return "it contains an empty or relative segment, or a character that must be escaped in a URL";
	}

}
