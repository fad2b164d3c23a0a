package org.megaetl.actuate;

import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of the pipelines.
 */
@AutoConfiguration(after = MegaAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@ConditionalOnBean(Pipelines.class)
@ConditionalOnEnabledHealthIndicator("mega")
public final class MegaHealthAutoConfiguration {

	MegaHealthAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(name = "megaHealthContributor")
	CompositeHealthContributor megaHealthContributor(Pipelines pipelines) {
		return new PipelinesHealthContributor(pipelines);
	}

}
