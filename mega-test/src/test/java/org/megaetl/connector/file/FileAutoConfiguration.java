package org.megaetl.connector.file;

import java.util.ArrayList;
import java.util.List;

import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.pipeline.AdapterThreads;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.RejectPolicy;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the file connector.
 */
@AutoConfiguration(after = MegaAutoConfiguration.class)
@ConditionalOnBooleanProperty("mega.connectors.file.enabled")
@EnableConfigurationProperties(FileProperties.class)
public final class FileAutoConfiguration {

	static final String CONNECTOR = "file";

	FileAutoConfiguration() {
	}

	@Bean
	AdapterThreads fileAdapter(FileProperties properties, Pipelines pipelines) {
		List<FileReader> readers = new ArrayList<>();
		properties.inbound().forEach((name, inbound) -> {
			PipelineSettings settings = new PipelineSettings(new PipelineName(CONNECTOR, name), inbound.transformer(),
					inbound.id(), RejectPolicy.DEAD_LETTER);
			readers.addAll(FileReader.of(inbound, pipelines.pull(settings)));
		});
		return AdapterThreads.of(CONNECTOR, pipelines, readers);
	}

	@Bean
	InboundDescriber fileDescriber(FileProperties properties) {
		return (pipeline) -> {
			FileProperties.Inbound inbound = properties.inbound().get(pipeline.inbound());
			return (pipeline.connector().equals(CONNECTOR) && inbound != null) ? new InboundDescriber.Description(
					"lines of " + inbound.files(), "echo hello >> " + inbound.files().get(0)) : null;
		};
	}

}
