package org.megaetl.tracing;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.pipeline.BatchObserver;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.micrometer.tracing.autoconfigure.ConditionalOnEnabledTracingExport;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for traces of batches. Where traces
 * are not exported there is no observation of a batch: the handlers of metrics that any
 * registry has would cost each batch a timer of what is measured already.
 */
@AutoConfiguration(before = MegaAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.tracing.autoconfigure.MicrometerTracingAutoConfiguration",
				"org.springframework.boot.micrometer.tracing.autoconfigure.NoopTracerAutoConfiguration",
				"org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" })
@ConditionalOnClass({ Tracer.class, TracingObservationHandler.class, ConditionalOnEnabledTracingExport.class })
@ConditionalOnBean({ Tracer.class, ObservationRegistry.class })
@ConditionalOnEnabledTracingExport
public final class MegaTracingAutoConfiguration {

	/** Before Spring Boot's, which take any observation. */
	private static final int HANDLER_ORDER = 500;

	MegaTracingAutoConfiguration() {
	}

	@Bean
	@Order(HANDLER_ORDER)
	BatchTracingHandler megaBatchTracingHandler(Tracer tracer) {
		return new BatchTracingHandler(tracer);
	}

	@Bean
	@ConditionalOnMissingBean(name = "megaBatchObserver")
	BatchObserver megaBatchObserver(ObservationRegistry observations) {
		return new ObservedBatches(observations);
	}

}
