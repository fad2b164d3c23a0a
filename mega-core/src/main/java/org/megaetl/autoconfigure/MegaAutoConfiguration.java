package org.megaetl.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import javax.sql.DataSource;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.config.Namespace;
import org.megaetl.deadletter.DeadLetterRelays;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.deadletter.DeadLetterStore;
import org.megaetl.inbox.Inbox;
import org.megaetl.pipeline.BatchObserver;
import org.megaetl.pipeline.Housekeeping;
import org.megaetl.pipeline.InboundDescriber;
import org.megaetl.pipeline.PipelineOptions;
import org.megaetl.pipeline.PipelinePositions;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.Sink;
import org.megaetl.sink.FailureClassifier;
import org.megaetl.sink.FailureClassifiers;
import org.megaetl.sink.JdbcSink;
import org.megaetl.sink.SinkDataSource;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerProvider;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;

/**
 * Auto-configuration of the engine: the transformer registry, the sink and the pipelines.
 */
@AutoConfiguration(after = DataSourceAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@EnableConfigurationProperties(MegaProperties.class)
@Import(ApplicationDataSource.class)
public final class MegaAutoConfiguration {

	MegaAutoConfiguration() {
	}

	@Bean
	Namespace megaNamespace(MegaProperties properties, Environment environment) {
		return Namespace.of(properties.namespace(), environment.getProperty("spring.application.name"));
	}

	@Bean
	@ConditionalOnMissingBean
	TransformerRegistry megaTransformerRegistry(ListableBeanFactory beans,
			ObjectProvider<TransformerProvider> providers) {
		Map<String, TransformFunction> transformers = new LinkedHashMap<>(
				beans.getBeansOfType(TransformFunction.class));
		providers.orderedStream().forEach((provider) -> provider.transformers().forEach((name, transformer) -> {
			if (transformers.putIfAbsent(name, transformer) != null) {
				throw new InvalidConfigurationException("There are two transformers with the name '" + name + "'.",
						"Give the bean of that name, or the transformer configured as 'mega.transformers." + name
								+ "', another name.");
			}
		}));
		return new TransformerRegistry(transformers);
	}

	@Bean
	@ConditionalOnMissingBean
	SinkDataSource megaSinkDataSource(ApplicationDataSource dataSource, MegaProperties properties,
			ObjectProvider<MeterRegistry> meters) {
		MegaProperties.Jdbc jdbc = properties.sink().jdbc();
		SinkDataSource sink = new SinkDataSource(dataSource.get(), jdbc.maximumPoolSize(), jdbc.connectionTimeout(),
				jdbc.lockWaitTimeout(), jdbc.loadData());
		meters.ifUnique(sink::measure);
		return sink;
	}

	@Bean
	@ConditionalOnMissingBean
	Sink megaSink(SinkDataSource sinkDataSource, ObjectProvider<FailureClassifier> classifiers,
			MegaProperties properties, ObjectProvider<Clock> clocks) {
		DataSource pool = sinkDataSource.pool();
		Clock clock = clocks.getIfUnique(Clock::systemUTC);
		// Not a JdbcTransactionManager: it rolls back after a commit that failed, and on
		// a dead connection the rollback's failure would hide the commit's
		return new Sink(pool, new DataSourceTransactionManager(pool),
				new JdbcSink(properties.sink().jdbc().batchSize(), properties.sink().jdbc().loadData()),
				new CheckpointStore(pool, clock), new Inbox(pool, clock),
				new DeadLetterStore(pool, clock, properties.deadLetter().maxPayload(),
						properties.deadLetter().redactValues()),
				new FailureClassifiers(classifiers.orderedStream().toList()));
	}

	@Bean
	@ConditionalOnMissingBean
	Pipelines megaPipelines(TransformerRegistry transformers, Sink sink, Namespace namespace, MegaProperties properties,
			Environment environment, ObjectProvider<MeterRegistry> meters, ObjectProvider<Clock> clocks,
			ApplicationEventPublisher events, ObjectProvider<BatchObserver> observers) {
		MegaProperties.Jdbc jdbc = properties.sink().jdbc();
		MegaProperties.StopAfter stopAfter = properties.deadLetter().stopAfter();
		PipelineOptions options = new PipelineOptions(namespace, jdbc.batchSize(), jdbc.writers(), jdbc.maxWaiting(),
				stopTimeout(environment),
				new PipelineOptions.Ceiling(stopAfter.consecutive(), stopAfter.percentage(), stopAfter.window()),
				properties.transform().timeout(), properties.transform().grace());
		Runnable onStuckTransformer = () -> AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
		Pipelines pipelines = new Pipelines(transformers, sink, options,
				meters.getIfUnique(CompositeMeterRegistry::new), clocks.getIfUnique(Clock::systemUTC),
				onStuckTransformer);
		observers.orderedStream().forEach(pipelines::observe);
		return pipelines;
	}

	@Bean
	@ConditionalOnMissingBean
	DeadLetterService megaDeadLetterService(Sink sink, Pipelines pipelines, Namespace namespace) {
		return new DeadLetterService(sink.dataSource(), sink.transactions(), sink.deadLetters(),
				namespace.nameOrEmpty(), pipelines);
	}

	@Bean
	DeadLetterRelays megaDeadLetterRelays(Sink sink, Namespace namespace, ObjectProvider<Clock> clocks) {
		return new DeadLetterRelays(sink.dataSource(), sink.transactions(), namespace.nameOrEmpty(),
				clocks.getIfUnique(Clock::systemUTC));
	}

	@Bean
	@ConditionalOnMissingBean
	PipelinePositions megaPipelinePositions(Pipelines pipelines, Sink sink) {
		return new PipelinePositions(pipelines, sink);
	}

	/**
	 * Mistakes in the configuration of pipelines are to be reported before it is waited
	 * for the database, so they do not depend on its schema. This is the first bean of
	 * theirs that does: it exists before anything is started, lazy as beans may be.
	 */
	@Bean
	@DependsOnDatabaseInitialization
	Housekeeping megaHousekeeping(Pipelines pipelines, Sink sink, DeadLetterService deadLetters,
			MegaProperties properties, Namespace namespace, ObjectProvider<MeterRegistry> meters,
			ObjectProvider<Clock> clocks) {
		Housekeeping.Settings settings = new Housekeeping.Settings(namespace.nameOrEmpty(),
				properties.inbox().retention(), properties.deadLetter().retention());
		return new Housekeeping(pipelines, sink, deadLetters, settings, meters.getIfUnique(CompositeMeterRegistry::new),
				clocks.getIfUnique(Clock::systemUTC));
	}

	@Bean
	StartupSummary megaStartupSummary(Pipelines pipelines, SinkDataSource sinkDataSource,
			ObjectProvider<InboundDescriber> describers, Environment environment) {
		return new StartupSummary(pipelines, sinkDataSource, describers, environment);
	}

	private static Duration stopTimeout(Environment environment) {
		return Binder.get(environment)
			.bind("spring.lifecycle.timeout-per-shutdown-phase", Duration.class)
			.orElse(Duration.ofSeconds(30));
	}

}
