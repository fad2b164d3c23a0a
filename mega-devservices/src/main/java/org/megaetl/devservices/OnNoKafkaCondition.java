package org.megaetl.devservices;

import java.util.List;
import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches when events are to be read from Kafka and no property says from which broker.
 */
class OnNoKafkaCondition extends OnNoPropertyCondition {

	private static final String CONNECTOR = "mega.connectors.kafka";

	OnNoKafkaCondition() {
		super("broker", "spring.kafka.bootstrap-servers", "spring.kafka.consumer.bootstrap-servers");
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Environment environment = context.getEnvironment();
		if (!Binder.get(environment).bind(CONNECTOR + ".enabled", Boolean.class).orElse(false)) {
			return ConditionOutcome.noMatch(message("nothing is read from Kafka"));
		}
		ConditionOutcome outcome = super.getMatchOutcome(context, metadata);
		return (outcome.isMatch() && everyInboundNamesOne(environment))
				? ConditionOutcome.noMatch(message("every inbound names one")) : outcome;
	}

	private static boolean everyInboundNamesOne(Environment environment) {
		Map<String, Inbound> inbounds = inbounds(environment);
		return !inbounds.isEmpty()
				&& inbounds.values().stream().noneMatch((inbound) -> inbound.bootstrapServers().isEmpty());
	}

	/**
	 * The inbounds that use the broker of this module.
	 * @param environment the configuration
	 * @return the topics of all of them
	 */
	static List<String> topics(Environment environment) {
		return inbounds(environment).values()
			.stream()
			.filter((inbound) -> inbound.bootstrapServers().isEmpty())
			.flatMap((inbound) -> inbound.topics().stream())
			.toList();
	}

	private static Map<String, Inbound> inbounds(Environment environment) {
		return Binder.get(environment)
			.bind(CONNECTOR + ".inbound", Bindable.mapOf(String.class, Inbound.class))
			.orElse(Map.of());
	}

	/**
	 * What matters here of an inbound.
	 *
	 * @param bootstrapServers the addresses of its own broker, if any
	 * @param topics the names of its topics
	 */
	record Inbound(List<String> bootstrapServers, List<String> topics) {

		Inbound {
			bootstrapServers = (bootstrapServers != null) ? bootstrapServers : List.of();
			topics = (topics != null) ? topics : List.of();
		}

	}

}
