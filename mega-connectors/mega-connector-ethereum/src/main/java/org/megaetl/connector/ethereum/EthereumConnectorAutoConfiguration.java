package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.config.Namespace;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.pipeline.AdapterThreads;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.pipeline.Sink;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the Ethereum connector.
 */
@AutoConfiguration(after = MegaAutoConfiguration.class)
@ConditionalOnBooleanProperty("mega.connectors.ethereum.enabled")
@EnableConfigurationProperties(EthereumConnectorProperties.class)
public final class EthereumConnectorAutoConfiguration {

	static final String CONNECTOR = "ethereum";

	EthereumConnectorAutoConfiguration() {
	}

	@Bean
	AdapterThreads ethereumAdapter(EthereumConnectorProperties properties, Pipelines pipelines, Sink sink,
			TransformerRegistry transformers, Namespace namespace, ResourceLoader resources,
			ObjectProvider<MeterRegistry> meters) {
		if (properties.inbound().isEmpty()) {
			throw new InvalidConfigurationException(
					"'mega.connectors.ethereum.enabled' is true, but there is no inbound, so that nothing is read.",
					"Add one under 'mega.connectors.ethereum.inbound', or set 'mega.connectors.ethereum.enabled' to "
							+ "false.");
		}
		List<Function<ExecutorService, Runnable>> followers = new ArrayList<>();
		properties.inbound().forEach((name, inbound) -> {
			PipelineSettings settings = new PipelineSettings(PipelineName.ofInbound(CONNECTOR, name),
					inbound.transformer(), inbound.id(), RejectPolicy.DEAD_LETTER);
			PullPipeline pipeline = pipelines.pull(settings);
			EthereumInbound checked = new EthereumInbound(settings, inbound, resources);
			followers.add(checked.follower(pipeline, sink, transformers, namespace.name(),
					meters.getIfUnique(CompositeMeterRegistry::new))::apply);
		});
		return new AdapterThreads(CONNECTOR, pipelines, followers);
	}

	@Bean
	InboundDescriber ethereumDescriber(EthereumConnectorProperties properties) {
		return (pipeline) -> {
			Inbound inbound = properties.inbound().get(pipeline.inbound());
			return (pipeline.connector().equals(CONNECTOR) && inbound != null)
					? new InboundDescriber.Description(EthereumInbound.describe(inbound), null) : null;
		};
	}

}
