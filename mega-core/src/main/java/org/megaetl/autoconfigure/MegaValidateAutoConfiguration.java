package org.megaetl.autoconfigure;

import java.util.List;

import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.sink.SinkDataSource;
import org.megaetl.validation.OnValidation;
import org.megaetl.validation.ValidationCheck;
import org.megaetl.validation.ValidationResult;
import org.megaetl.validation.Validator;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} of a start that only validates the
 * configuration: nothing with a life cycle is started, so no adapter, no web server and
 * no scheduler is.
 */
@AutoConfiguration(before = LifecycleAutoConfiguration.class, after = MegaAutoConfiguration.class)
@Conditional(OnValidation.class)
public final class MegaValidateAutoConfiguration {

	MegaValidateAutoConfiguration() {
	}

	@Bean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
	static LifecycleProcessor megaIdleLifecycleProcessor() {
		return new IdleLifecycleProcessor();
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	@ConditionalOnBean(SinkDataSource.class)
	ValidationCheck megaDatabaseCheck(SinkDataSource sinkDataSource) {
		return () -> List.of(ValidationResult.ok("database", sinkDataSource.location()));
	}

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	ValidationCheck megaPipelinesCheck(ObjectProvider<Pipelines> pipelines) {
		return () -> pipelines.stream()
			.flatMap((all) -> all.all().stream())
			.map(MegaValidateAutoConfiguration::ok)
			.toList();
	}

	private static ValidationResult ok(Pipeline pipeline) {
		return ValidationResult.ok("pipeline " + pipeline.name(), "transformer '" + pipeline.transformer() + "'");
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	ApplicationRunner megaValidationRunner(ObjectProvider<ValidationCheck> checks,
			ConfigurableApplicationContext context) {
		return (arguments) -> {
			new Validator(checks.orderedStream().toList()).validate();
			context.close();
		};
	}

	/**
	 * Starts nothing.
	 */
	private static final class IdleLifecycleProcessor implements LifecycleProcessor {

		@Override
		public void start() {
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

	}

}
