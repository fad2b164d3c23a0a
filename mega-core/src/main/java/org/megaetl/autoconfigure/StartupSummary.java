package org.megaetl.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.BufferedPipeline;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.InboundDescriber.Description;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.sink.SinkDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Ends the start-up log with the few lines that tell a person what runs and how to try
 * it.
 */
class StartupSummary implements ApplicationListener<ApplicationReadyEvent> {

	private static final Logger logger = LoggerFactory.getLogger("org.megaetl.MEGA");

	private static final String ACTUATOR = "org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier";

	private final Pipelines pipelines;

	private final SinkDataSource sink;

	private final ObjectProvider<InboundDescriber> describers;

	private final Environment environment;

	StartupSummary(Pipelines pipelines, SinkDataSource sink, ObjectProvider<InboundDescriber> describers,
			Environment environment) {
		this.pipelines = pipelines;
		this.sink = sink;
		this.describers = describers;
		this.environment = environment;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		lines().forEach(logger::info);
	}

	List<String> lines() {
		List<String> lines = new ArrayList<>();
		List<String> commands = new ArrayList<>();
		for (Pipeline pipeline : this.pipelines.all()) {
			Description description = describe(pipeline.name());
			String address = (description != null) ? description.address() : "?";
			lines.add((pipeline instanceof BufferedPipeline buffered)
					? "Pipeline %s: %s -> buffer of %s".formatted(pipeline.name(), address, buffered.reader().name())
					: "Pipeline %s: %s -> transformer '%s' -> database".formatted(pipeline.name(), address,
							pipeline.transformer()));
			if (description != null && description.tryIt() != null) {
				commands.add("Try it: " + description.tryIt());
			}
		}
		if (lines.isEmpty()) {
			lines.add("No pipeline is configured, so no event is taken. Enable a connector and give it an inbound: "
					+ "mega.connectors.<connector>.enabled=true and .inbound.<name>.transformer=<transformer>.");
		}
		lines.add("Database: " + Objects.requireNonNullElse(this.sink.location(), "a data source of the application"));
		String actuator = actuator();
		if (actuator != null) {
			lines.add("Actuator: " + actuator);
		}
		lines.addAll(commands);
		return lines;
	}

	private @Nullable Description describe(PipelineName name) {
		return this.describers.orderedStream()
			.map((describer) -> describer.describe(name))
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

	private @Nullable String actuator() {
		String port = this.environment.getProperty("local.management.port",
				this.environment.getProperty("local.server.port", ""));
		if (port.isEmpty() || !ClassUtils.isPresent(ACTUATOR, getClass().getClassLoader())) {
			return null;
		}
		boolean ownPort = !port.equals(this.environment.getProperty("local.server.port", port));
		String context = this.environment
			.getProperty(ownPort ? "management.server.base-path" : "server.servlet.context-path", "");
		String path = this.environment.getProperty("management.endpoints.web.base-path", "/actuator");
		return (isTls(ownPort) ? "https" : "http") + "://localhost:" + port + context + path;
	}

	/**
	 * Returns whether the actuator is behind TLS. A port of its own has the server's
	 * unless something else is said about it.
	 */
	private boolean isTls(boolean ownPort) {
		boolean ownTls = ownPort && Stream.of("enabled", "bundle", "key-store", "certificate")
			.anyMatch((key) -> this.environment.containsProperty("management.server.ssl." + key));
		String prefix = ownTls ? "management.server.ssl." : "server.ssl.";
		return this.environment.getProperty(prefix + "enabled", Boolean.class, true)
				&& Stream.of("bundle", "key-store", "certificate")
					.anyMatch((key) -> this.environment.containsProperty(prefix + key));
	}

}
