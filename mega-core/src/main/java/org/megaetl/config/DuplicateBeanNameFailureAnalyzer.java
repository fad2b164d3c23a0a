package org.megaetl.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do when two classes want the same bean name, as two transformers may.
 */
class DuplicateBeanNameFailureAnalyzer extends AbstractFailureAnalyzer<IllegalStateException> {

	private static final Pattern MESSAGE = Pattern
		.compile("bean name '([^']*)' for bean class \\[([^]]*)] .* class \\[([^]]*)]", Pattern.DOTALL);

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IllegalStateException cause) {
		// Spring's exception is not public
		Matcher matcher = MESSAGE.matcher(String.valueOf(cause.getMessage()));
		if (!matcher.find()) {
			return null;
		}
		return new FailureAnalysis(
				"Two beans have the name '%s': %s and %s.".formatted(matcher.group(1), matcher.group(2),
						matcher.group(3)),
				"Give one of them another name: a transformer's is the value of its @Component annotation, and what "
						+ "'transformer:' of an inbound refers to.",
				cause);
	}

}
