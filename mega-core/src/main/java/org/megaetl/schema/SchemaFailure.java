package org.megaetl.schema;

import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.StringUtils;

/**
 * Says which statement failed, and what the database said.
 */
final class SchemaFailure {

	private static final int MAX_STATEMENT_LENGTH = 500;

	private SchemaFailure() {
	}

	static InvalidConfigurationException of(String description, FlywayException failure) {
		String message = NestedExceptionUtils.getMostSpecificCause(failure).getMessage();
		FlywaySqlScriptException script = SchemaMigration.failedScript(failure);
		if (script == null) {
			return new InvalidConfigurationException("%s: %s".formatted(description, message),
					"Put right what the message says, and start again.", failure);
		}
		return new InvalidConfigurationException(
				"""
						%s: %s
						The statement, in line %d:

						%s""".formatted(description, message, script.getLineNumber(),
						StringUtils.truncate(script.getStatement(), MAX_STATEMENT_LENGTH).indent(4).stripTrailing()),
				"Correct the statement, or give the database user the rights it needs, and start again.", failure);
	}

}
