package org.megaetl.connector.webhook;

import java.util.Map;

import org.megaetl.config.DefaultProperties;

/**
 * Gives Spring Boot's properties of the web server the defaults of MEGA, where the
 * connector is enabled and nothing else sets them: the port 3344, problems as in RFC 9457
 * for requests that reach no inbound, HTTP/2, limits for connections on which nothing
 * happens, a backlog as long as Linux allows, as a burst of senders beyond Tomcat's 100
 * would be reset, and no filter that reads forms of whatever size before anybody asks who
 * sends them.
 */
class WebhookDefaults extends DefaultProperties {

	WebhookDefaults() {
		super("webhook",
				Map.of("server.port", "3344", "spring.mvc.problemdetails.enabled", "true", "server.http2.enabled",
						"true", "server.tomcat.connection-timeout", "20s", "server.tomcat.keep-alive-timeout", "60s",
						"server.tomcat.max-keep-alive-requests", "10000", "server.tomcat.accept-count", "4096",
						"spring.mvc.formcontent.filter.enabled", "false"));
	}

}
