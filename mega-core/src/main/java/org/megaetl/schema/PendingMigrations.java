package org.megaetl.schema;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.ErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.ValidateOutput;
import org.megaetl.validation.ValidationCheck;
import org.megaetl.validation.ValidationResult;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/**
 * Takes the place of all migrations when the configuration is only validated: says which
 * would be run, and runs none.
 */
final class PendingMigrations implements FlywayMigrationStrategy, ValidationCheck {

	private static final String USERS = "your migrations";

	private static final Set<ErrorCode> PENDING = Set.of(CoreErrorCode.RESOLVED_VERSIONED_MIGRATION_NOT_APPLIED,
			CoreErrorCode.RESOLVED_REPEATABLE_MIGRATION_NOT_APPLIED, CoreErrorCode.OUTDATED_REPEATABLE_MIGRATION);

	private final Map<String, Flyway> runs = new LinkedHashMap<>();

	/**
	 * Takes note of the user's migrations.
	 */
	@Override
	public void migrate(Flyway flyway) {
		if (!UserMigrationStrategy.hasNoMigrations(flyway.getConfiguration())) {
			add(USERS, flyway);
		}
	}

	void add(String subject, Flyway flyway) {
		this.runs.put(subject, flyway);
	}

	@Override
	public List<ValidationResult> check() {
		List<ValidationResult> results = new ArrayList<>();
		this.runs.forEach((subject, flyway) -> {
			try {
				results.add(check(subject, flyway));
			}
			catch (FlywayException ex) {
				results.add(ValidationResult.failed("schema, " + subject, String.valueOf(ex.getMessage())));
			}
		});
		return results;
	}

	private static ValidationResult check(String subject, Flyway flyway) {
		String problems = subject.equals(USERS) ? problems(flyway) : "";
		if (!problems.isEmpty()) {
			return ValidationResult.failed("schema, " + subject, problems);
		}
		String pending = Arrays.stream(flyway.info().pending())
			.map(MigrationInfo::getScript)
			.collect(Collectors.joining(", "));
		return pending.isEmpty() ? ValidationResult.ok("schema, " + subject, "up to date")
				: ValidationResult.notice("schema, " + subject, "the next start will run " + pending
						+ "; validation runs no migration, and sees the tables as they are");
	}

	private static String problems(Flyway flyway) {
		return flyway.validateWithResult().invalidMigrations.stream()
			.filter((problem) -> !PENDING.contains(problem.errorDetails.errorCode))
			.map(PendingMigrations::describe)
			.collect(Collectors.joining(System.lineSeparator()));
	}

	private static String describe(ValidateOutput problem) {
		return Objects.requireNonNullElse(problem.filepath, problem.version + " " + problem.description) + ": "
				+ problem.errorDetails.errorMessage;
	}

}
