package org.megaetl.connector.kafka;

import java.util.Map;

import org.apache.commons.logging.Log;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Turns {@code KAFKA_URL} into {@code spring.kafka.bootstrap-servers}. Runs last, so that
 * it sees what is configured explicitly, which wins.
 */
class KafkaUrlEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String SERVERS = "spring.kafka.bootstrap-servers";

	private final Log logger;

	KafkaUrlEnvironmentPostProcessor(DeferredLogFactory logFactory) {
		this.logger = logFactory.getLog(getClass());
	}

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		KafkaUrl url = KafkaUrl.of(environment);
		if (url == null || environment.getPropertySources().contains(KafkaUrl.NAME)) {
			return;
		}
		if (Brokers.isSet(environment, SERVERS)) {
			this.logger.warn("The address in " + KafkaUrl.NAME + " is ignored: " + SERVERS
					+ " is set, and wins. Its topic is " + "that of inbounds which name none.");
			return;
		}
		// First, because an empty property of another source would hide it
		environment.getPropertySources()
			.addFirst(new MapPropertySource(KafkaUrl.NAME, Map.of(SERVERS, url.bootstrapServers())));
	}

}
