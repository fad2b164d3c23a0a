package org.megaetl.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.annotation.ConflictingBeanDefinitionException;

/**
 * Says what to do when two classes want the same bean name, as two transformers may.
 */
class DuplicateBeanNameFailureAnalyzer extends AbstractFailureAnalyzer<ConflictingBeanDefinitionException> {

	private static final Pattern MESSAGE = Pattern
		.compile("bean name '([^']*)' for bean class \\[([^]]*)] .* class \\[([^]]*)]", Pattern.DOTALL);

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, ConflictingBeanDefinitionException cause) {
		Matcher matcher = MESSAGE.matcher(String.valueOf(cause.getMessage()));
		String description = matcher.find() ? "Two beans have the name '%s': %s and %s.".formatted(matcher.group(1),
				matcher.group(2), matcher.group(3)) : String.valueOf(cause.getMessage());
		return new FailureAnalysis(description,
				"Give one of them another name: a transformer's is the value of its @Component annotation, and what "
						+ "'transformer:' of an inbound refers to.",
				cause);
	}

}
