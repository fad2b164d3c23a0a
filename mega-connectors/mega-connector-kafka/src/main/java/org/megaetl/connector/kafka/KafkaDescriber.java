package org.megaetl.connector.kafka;

import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.kafka.KafkaSources.Address;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;

import org.springframework.util.StringUtils;

/**
 * Tells a person what is read, and how to send an event, for the summary at start.
 */
class KafkaDescriber implements InboundDescriber {

	private final KafkaSources sources;

	private final KafkaConnectorProperties properties;

	KafkaDescriber(KafkaSources sources, KafkaConnectorProperties properties) {
		this.sources = sources;
		this.properties = properties;
	}

	@Override
	public @Nullable Description describe(PipelineName pipeline) {
		Address address = this.sources.address(pipeline);
		KafkaConnectorProperties.Inbound inbound = this.properties.inbound().get(pipeline.inbound());
		if (address == null || inbound == null) {
			return null;
		}
		// kcat would not write it in the wire format of a schema registry
		boolean sends = !address.subscription().topics().isEmpty() && !StringUtils.hasText(inbound.schemaRegistry());
		return new Description(address.subscription() + " at " + address.bootstrapServers(),
				sends ? command(address, inbound.sample()) : null);
	}

	private static String command(Address address, @Nullable Path sample) {
		String file = (sample != null && Files.isReadable(sample)) ? sample.toAbsolutePath().normalize().toString()
				: "event.json";
		return "kcat -P -b %s -t %s %s".formatted(address.bootstrapServers(), address.subscription().topics().get(0),
				file.contains(" ") ? '"' + file + '"' : file);
	}

}
