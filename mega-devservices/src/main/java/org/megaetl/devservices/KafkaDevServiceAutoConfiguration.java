package org.megaetl.devservices;

import java.util.List;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration that starts a Kafka broker, with the topics of the inbounds, when
 * events are to be read from Kafka and no broker is configured.
 */
@AutoConfiguration(before = KafkaAutoConfiguration.class)
@ConditionalOnClass(KafkaConnectionDetails.class)
@ConditionalOnBooleanProperty(name = "mega.devservices.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "mega.devservices.kafka.enabled", matchIfMissing = true)
@Conditional(OnNoKafkaCondition.class)
@ConditionalOnMissingBean(KafkaConnectionDetails.class)
@EnableConfigurationProperties(DevServicesProperties.class)
public final class KafkaDevServiceAutoConfiguration {

	KafkaDevServiceAutoConfiguration() {
	}

	@Bean
	DevServiceKafkaConnectionDetails devServiceKafkaConnectionDetails(DevServicesProperties properties,
			Environment environment) {
		DevServicesProperties.Kafka kafka = properties.kafka();
		KafkaBroker broker;
		if (kafka.shared()) {
			broker = KafkaServers.shared(kafka.provider(), properties.cacheDirectory());
		}
		else {
			broker = KafkaServers.useContainer(kafka.provider()) ? KafkaContainerServer.start()
					: KafkaServers.ofProject(properties);
		}
		List<String> topics = OnNoKafkaCondition.topics(environment);
		try {
			broker.createTopics(topics);
		}
		catch (RuntimeException ex) {
			if (!kafka.shared()) {
				broker.close();
			}
			throw ex;
		}
		return new DevServiceKafkaConnectionDetails(broker, !kafka.shared());
	}

}
