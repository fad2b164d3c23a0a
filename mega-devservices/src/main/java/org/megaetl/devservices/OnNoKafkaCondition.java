package org.megaetl.devservices;

import java.util.List;
import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches when events are to be read from Kafka and no property says from which broker.
 */
class OnNoKafkaCondition extends SpringBootCondition {

	private static final String CONNECTOR = "mega.connectors.kafka";

	private static final List<String> SERVERS = List.of("spring.kafka.bootstrap-servers",
			"spring.kafka.consumer.bootstrap-servers");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("No broker");
		Binder binder = Binder.get(context.getEnvironment());
		if (!binder.bind(CONNECTOR + ".enabled", Boolean.class).orElse(false)) {
			return ConditionOutcome.noMatch(message.because("nothing is read from Kafka"));
		}
		for (String servers : SERVERS) {
			if (isSet(binder, servers)) {
				return ConditionOutcome.noMatch(message.because("'" + servers + "' is set"));
			}
		}
		Map<String, Inbound> inbounds = inbounds(context.getEnvironment());
		boolean all = !inbounds.isEmpty()
				&& inbounds.values().stream().noneMatch((inbound) -> inbound.bootstrapServers().isEmpty());
		return all ? ConditionOutcome.noMatch(message.because("every inbound names one"))
				: ConditionOutcome.match(message.because("no property names one"));
	}

	private static boolean isSet(Binder binder, String servers) {
		return binder.bind(servers, Bindable.listOf(String.class))
			.orElse(List.of())
			.stream()
			.anyMatch(StringUtils::hasText);
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
