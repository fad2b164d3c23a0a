package org.megaetl.transformers;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of transformers that
 * are loaded from files.
 */
@AutoConfiguration(after = TransformersAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnEnabledHealthIndicator("mega-transformers")
public final class TransformersHealthAutoConfiguration {

	TransformersHealthAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = "megaTransformersHealthIndicator")
	HealthIndicator megaTransformersHealthIndicator(GuestReloader reloader) {
		return new TransformersHealthIndicator(reloader);
	}

}
