package org.megaetl.validation;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches when {@code --mega.validate} is given.
 */
public class OnValidation extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean active = Validation.isActive(context.getEnvironment());
		return new ConditionOutcome(active,
				ConditionMessage.of("'" + Validation.PROPERTY + "' " + (active ? "is" : "is not") + " set"));
	}

}
