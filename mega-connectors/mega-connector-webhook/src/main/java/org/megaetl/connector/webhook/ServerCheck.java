package org.megaetl.connector.webhook;

import org.megaetl.config.InvalidConfigurationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;

/**
 * Sees to it that nobody waits for events where nothing can be posted: inbounds are added
 * to the web server that the application starts, and to no other.
 */
final class ServerCheck implements SmartInitializingSingleton {

	private static final Logger logger = LoggerFactory.getLogger(ServerCheck.class);

	private final ApplicationContext context;

	ServerCheck(ApplicationContext context) {
		this.context = context;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (!(this.context instanceof WebServerApplicationContext application)) {
			// in a test that wants no server, and need not be told more than once
			logger.warn("This application has no web server, as in a test without one, so that nothing can be "
					+ "posted to its webhooks");
		}
		else if (application.getWebServer() == null) {
			throw new InvalidConfigurationException(
					"'mega.connectors.webhook.enabled' is true, but this application runs in a web server that it has "
							+ "not started, as a WAR does, so that nothing can be posted.",
					"Start it with the server that it brings along, as with 'java -jar', or set "
							+ "'mega.connectors.webhook.enabled' to false.");
		}
	}

}
