package org.megaetl.devservices;

import java.util.List;
import java.util.Optional;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches when no property says which Redis to use.
 */
class OnNoRedisCondition extends SpringBootCondition {

	private static final List<String> PROPERTIES = List.of("spring.data.redis.url", "spring.data.redis.host",
			"spring.data.redis.port", "spring.data.redis.cluster.nodes", "spring.data.redis.sentinel.nodes",
			"spring.data.redis.masterreplica.nodes");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("No Redis");
		Binder binder = Binder.get(context.getEnvironment());
		Optional<String> property = PROPERTIES.stream()
			.filter((name) -> !binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).isEmpty())
			.findFirst();
		return property.map((name) -> ConditionOutcome.noMatch(message.because("'" + name + "' is set")))
			.orElseGet(() -> ConditionOutcome.match(message.because("no property names one")));
	}

}
