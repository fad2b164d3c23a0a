package org.megaetl.connector.kafka;

import java.time.Clock;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.Namespace;
import org.megaetl.deadletter.DeadLetterRelays;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.pipeline.Pipelines;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.ConcurrentKafkaListenerContainerFactoryConfigurer;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaConsumerFactoryCustomizer;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the Kafka connector.
 */
@AutoConfiguration(after = { MegaAutoConfiguration.class, KafkaAutoConfiguration.class })
@ConditionalOnBooleanProperty("mega.connectors.kafka.enabled")
@EnableConfigurationProperties(KafkaConnectorProperties.class)
public final class KafkaConnectorAutoConfiguration {

	KafkaConnectorAutoConfiguration() {
	}

	@Bean
	SharedClients kafkaSharedClients() {
		return new SharedClients();
	}

	@Bean
	KafkaSources kafkaSources(KafkaConnectorProperties properties, Namespace namespace, Environment environment,
			Pipelines pipelines, DeadLetterRelays relays, DeadLetterService letters, ConsumerFactory<?, ?> consumers,
			ProducerFactory<?, ?> producers, ConcurrentKafkaListenerContainerFactoryConfigurer containers,
			ObjectProvider<DefaultKafkaConsumerFactoryCustomizer> customizers, SslBundles bundles,
			ObjectProvider<MeterRegistry> meters, ObjectProvider<Clock> clocks,
			ObjectProvider<KafkaConnectionDetails> details, SharedClients shared) {
		boolean brokers = Brokers.areNamed(consumers.getConfigurationProperties(), details.getIfAvailable(),
				environment);
		return new KafkaSources(properties, namespace.name(), KafkaUrl.of(environment), pipelines,
				new KafkaSources.Letters(relays, letters),
				new KafkaSources.Spring(KafkaSources.Spring.properties(consumers, environment),
						producers.getConfigurationProperties(), brokers, containers,
						customizers.orderedStream().toList(), bundles, meters.getIfUnique(CompositeMeterRegistry::new),
						clocks.getIfUnique(Clock::systemUTC)),
				shared);
	}

	@Bean
	KafkaAdapter kafkaAdapter(KafkaSources sources) {
		return new KafkaAdapter(sources.all());
	}

	@Bean
	KafkaBuffers kafkaBuffers(KafkaSources sources, SharedClients shared) {
		return new KafkaBuffers(sources, shared);
	}

	@Bean
	KafkaDescriber kafkaDescriber(KafkaSources sources) {
		return new KafkaDescriber(sources);
	}

}
