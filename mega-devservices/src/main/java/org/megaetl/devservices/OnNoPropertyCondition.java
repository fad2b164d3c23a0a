package org.megaetl.devservices;

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches when no property says which server to use.
 */
abstract class OnNoPropertyCondition extends SpringBootCondition {

	private final String what;

	private final List<String> properties;

	/**
	 * Creates a condition.
	 * @param what what is not configured, such as {@code database}
	 * @param properties the properties, each with a text or a list
	 */
	OnNoPropertyCondition(String what, String... properties) {
		this.what = what;
		this.properties = List.of(properties);
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		Binder binder = Binder.get(context.getEnvironment());
		return this.properties.stream()
			.filter((name) -> isSet(binder, name))
			.findFirst()
			.map((name) -> ConditionOutcome.noMatch(message("'" + name + "' is set")))
			.orElseGet(() -> ConditionOutcome.match(message("no property names one")));
	}

	private static boolean isSet(Binder binder, String name) {
		return binder.bind(name, Bindable.listOf(String.class))
			.orElse(List.of())
			.stream()
			.anyMatch(StringUtils::hasText);
	}

	final ConditionMessage message(String reason) {
		return ConditionMessage.forCondition("No " + this.what).because(reason);
	}

}
