package org.megaetl.transformers;

import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the actuator endpoint of the
 * transformers.
 */
@AutoConfiguration(after = MegaAutoConfiguration.class)
@ConditionalOnClass({ Endpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(TransformerRegistry.class)
public final class TransformersEndpointAutoConfiguration {

	TransformersEndpointAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnAvailableEndpoint
	MegaTransformersEndpoint megaTransformersEndpoint(TransformerRegistry registry, GuestReloader reloader) {
		return new MegaTransformersEndpoint(registry, reloader);
	}

}
