package org.megaetl.actuate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.Pipelines;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the actuator endpoints.
 */
@AutoConfiguration(after = MegaAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(Pipelines.class)
public final class MegaEndpointAutoConfiguration {

	MegaEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	MegaEndpoint megaEndpoint(Pipelines pipelines, ObjectProvider<MeterRegistry> meters) {
		return new MegaEndpoint(pipelines, meters.getIfUnique(CompositeMeterRegistry::new));
	}

	@Bean
	@ConditionalOnMissingBean(name = "megaInfoContributor")
	InfoContributor megaInfoContributor(Pipelines pipelines) {
		return new PipelinesInfoContributor(pipelines);
	}

	@Bean
	SanitizingFunction megaSecretValues() {
		return new SecretValues();
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	MegaPositionsEndpoint megaPositionsEndpoint(Pipelines pipelines, PipelinePositions positions) {
		return new MegaPositionsEndpoint(pipelines, positions);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	MegaDeadLettersEndpoint megaDeadLettersEndpoint(DeadLetterService deadLetters) {
		return new MegaDeadLettersEndpoint(deadLetters);
	}

	@Bean
	@ConditionalOnBean(MegaDeadLettersEndpoint.class)
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	MegaDeadLettersEndpointWebExtension megaDeadLettersEndpointWebExtension(MegaDeadLettersEndpoint endpoint,
			DeadLetterService deadLetters) {
		return new MegaDeadLettersEndpointWebExtension(endpoint, deadLetters);
	}

}
