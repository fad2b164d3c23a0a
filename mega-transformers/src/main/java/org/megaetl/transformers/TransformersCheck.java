package org.megaetl.transformers;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import org.megaetl.validation.TransformerTest;
import org.megaetl.validation.ValidationCheck;
import org.megaetl.validation.ValidationResult;

/**
 * Validates all transformers, and carries out their tests.
 */
final class TransformersCheck implements ValidationCheck {

	private final TransformerRegistry registry;

	private final ConfiguredTests tests;

	private final @Nullable Catalogue catalogue;

	/**
	 * Creates a check.
	 * @param catalogue the tables, or {@code null} if there is no database
	 */
	TransformersCheck(TransformerRegistry registry, ConfiguredTests tests, @Nullable Catalogue catalogue) {
		this.registry = registry;
		this.tests = tests;
		this.catalogue = catalogue;
	}

	@Override
	public List<ValidationResult> check() {
		List<ValidationResult> results = new ArrayList<>();
		Map<String, List<TransformerTest>> all = new LinkedHashMap<>();
		try {
			this.tests.all()
				.forEach((test) -> all.computeIfAbsent(test.transformer(), (name) -> new ArrayList<>()).add(test));
		}
		catch (InvalidConfigurationException ex) {
			results.add(ValidationResult.failed("tests of transformers", text(ex)));
		}
		this.registry.all().forEach((name, function) -> {
			ValidationResult result = check(name, function);
			results.add(result);
			if (result.outcome() == ValidationResult.Outcome.OK) {
				all.getOrDefault(name, List.of()).forEach((test) -> results.add(run(test)));
			}
		});
		return results;
	}

	private ValidationResult check(String name, TransformFunction function) {
		String subject = "transformer " + name;
		try {
			if (function instanceof TableBound bound && this.catalogue != null) {
				bound.bind(this.catalogue);
			}
			else if (function instanceof BrokenTransformer broken) {
				throw broken.failure();
			}
			return ValidationResult.ok(subject,
					(function instanceof TableBound) ? "configured, and fits its tables" : "a bean");
		}
		catch (InvalidConfigurationException ex) {
			return ValidationResult.failed(subject, text(ex));
		}
		catch (SQLException ex) {
			return ValidationResult.failed(subject, "Its tables could not be looked up: " + ex.getMessage());
		}
	}

	private static String text(InvalidConfigurationException failure) {
		return failure.getDescription() + " " + failure.getAction();
	}

	private static ValidationResult run(TransformerTest test) {
		String subject = "transformer " + test.transformer() + ", test '" + test.name() + "'";
		try {
			String failure = test.run();
			return (failure != null) ? ValidationResult.failed(subject, failure) : ValidationResult.ok(subject, null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return ValidationResult.failed(subject, "It was interrupted");
		}
	}

}
