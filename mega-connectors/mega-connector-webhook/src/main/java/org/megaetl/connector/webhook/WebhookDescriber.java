package org.megaetl.connector.webhook;

import java.nio.file.Files;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;

import org.springframework.core.env.Environment;

/**
 * Tells a person where to post, for the summary at start.
 */
class WebhookDescriber implements InboundDescriber {

	private final WebhookInbounds inbounds;

	private final WebhookConnectorProperties properties;

	private final Environment environment;

	WebhookDescriber(WebhookInbounds inbounds, WebhookConnectorProperties properties, Environment environment) {
		this.inbounds = inbounds;
		this.properties = properties;
		this.environment = environment;
	}

	@Override
	public @Nullable Description describe(PipelineName pipeline) {
		for (WebhookInbound inbound : this.inbounds.all()) {
			if (inbound.pipeline().name().equals(pipeline)) {
				String url = url(inbound.path());
				return new Description("POST " + url, "curl " + url + " -X POST -d @" + sample(pipeline));
			}
		}
		return null;
	}

	// Absolute, as a person seldom is in the working directory of the application
	private String sample(PipelineName pipeline) {
		WebhookConnectorProperties.Inbound inbound = this.properties.inbound().get(pipeline.inbound());
		if (inbound == null || inbound.sample() == null || !Files.isReadable(inbound.sample())) {
			return "event.json";
		}
		String file = inbound.sample().toAbsolutePath().normalize().toString();
		return file.contains(" ") ? '"' + file + '"' : file;
	}

	private String url(String path) {
		boolean tls = this.environment.getProperty("server.ssl.enabled", Boolean.class, true)
				&& (this.environment.containsProperty("server.ssl.bundle")
						|| this.environment.containsProperty("server.ssl.key-store")
						|| this.environment.containsProperty("server.ssl.certificate"));
		String port = this.environment.getProperty("local.server.port",
				this.environment.getProperty("server.port", "8080"));
		return (tls ? "https" : "http") + "://localhost:" + port
				+ this.environment.getProperty("server.servlet.context-path", "") + path;
	}

}
