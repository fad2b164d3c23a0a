package org.megaetl.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.validation.ValidationResult.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out all checks, and tells a person how they went.
 */
public final class Validator {

	private static final Logger logger = LoggerFactory.getLogger("org.megaetl.MEGA");

	private final List<ValidationCheck> checks;

	/**
	 * Creates a validator.
	 * @param checks the checks, in order
	 */
	public Validator(List<ValidationCheck> checks) {
		this.checks = List.copyOf(checks);
	}

	/**
	 * Carries out all checks.
	 * @throws InvalidConfigurationException if one has failed
	 */
	public void validate() {
		List<ValidationResult> results = new ArrayList<>();
		for (ValidationCheck check : this.checks) {
			for (ValidationResult result : check.check()) {
				results.add(result);
				log(result);
			}
		}
		long failed = results.stream().filter((result) -> result.outcome() == Outcome.FAILED).count();
		if (failed > 0) {
			throw new InvalidConfigurationException(
					"The configuration is not valid: " + failed + " of " + results.size() + " checks failed.",
					"Correct what is marked as FAILED above.");
		}
		logger.info("The configuration is valid: all {} checks hold", results.size());
	}

	private static void log(ValidationResult result) {
		String outcome = (result.outcome() == Outcome.FAILED) ? "FAILED"
				: result.outcome().name().toLowerCase(Locale.ROOT);
		StringBuilder text = new StringBuilder("%-6s  %s".formatted(outcome, result.subject()));
		if (result.detail() != null) {
			boolean brief = result.outcome() != Outcome.FAILED && result.detail().indexOf('\n') < 0;
			text.append(brief ? ": " + result.detail() : System.lineSeparator() + result.detail().strip().indent(10));
		}
		if (result.outcome() == Outcome.FAILED) {
			logger.error(text.toString().stripTrailing());
		}
		else {
			logger.info(text.toString().stripTrailing());
		}
	}

}
