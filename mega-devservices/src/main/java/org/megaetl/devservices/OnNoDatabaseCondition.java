package org.megaetl.devservices;

import java.util.List;
import java.util.Optional;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Matches when no property says which database to use.
 */
class OnNoDatabaseCondition extends SpringBootCondition {

	private static final List<String> PROPERTIES = List.of("spring.datasource.url", "spring.datasource.jndi-name",
			"spring.datasource.xa.data-source-class-name", "spring.datasource.hikari.jdbc-url",
			"spring.datasource.hikari.data-source-class-name", "spring.datasource.hikari.data-source-jndi",
			"spring.datasource.tomcat.url", "spring.datasource.dbcp2.url", "spring.datasource.oracleucp.url");

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition("No database");
		Binder binder = Binder.get(context.getEnvironment());
		Optional<String> property = PROPERTIES.stream()
			.filter((name) -> binder.bind(name, String.class).map(StringUtils::hasText).orElse(false))
			.findFirst();
		return property.map((name) -> ConditionOutcome.noMatch(message.because("'" + name + "' is set")))
			.orElseGet(() -> ConditionOutcome.match(message.because("no property names one")));
	}

}
