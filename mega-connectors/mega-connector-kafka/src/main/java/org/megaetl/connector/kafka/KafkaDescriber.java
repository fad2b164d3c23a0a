package org.megaetl.connector.kafka;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.KafkaSources.ConfiguredInbound;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;

import org.springframework.util.StringUtils;

/**
 * Tells a person what is read, and how to send an event, for the summary at start.
 */
class KafkaDescriber implements InboundDescriber {

	private final KafkaSources sources;

	KafkaDescriber(KafkaSources sources) {
		this.sources = sources;
	}

	@Override
	public @Nullable Description describe(PipelineName pipeline) {
		ConfiguredInbound inbound = this.sources.find(pipeline);
		return (inbound != null) ? new Description(
				inbound.subscription() + " at " + inbound.clients().bootstrapServers(), command(inbound)) : null;
	}

	private static @Nullable String command(ConfiguredInbound inbound) {
		// kcat would not write it in the wire format of a schema registry
		if (inbound.subscription().topics().isEmpty() || StringUtils.hasText(inbound.inbound().schemaRegistry())) {
			return null;
		}
		Path sample = inbound.inbound().sample();
		String file = (sample != null && Files.isReadable(sample)) ? sample.toAbsolutePath().normalize().toString()
				: "event.json";
		return "kcat -P -b %s -t %s %s".formatted(inbound.clients().bootstrapServers(),
				inbound.subscription().topics().get(0), file.contains(" ") ? '"' + file + '"' : file);
	}

}
