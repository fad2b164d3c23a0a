package org.megaetl.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;

/**
 * A run of Flyway over scripts that may be repeated, with a history table of its own. Not
 * a bean, since Spring Boot's own run backs off when there is any of Flyway's type.
 */
final class SchemaMigration {

	private static final Log logger = LogFactory.getLog(SchemaMigration.class);

	private final DataSource dataSource;

	private final String historyTable;

	private final Flyway flyway;

	/**
	 * Creates a run.
	 * @param dataSource the data source
	 * @param historyTable the history table's name
	 * @param scripts the scripts' text by file name; each must be repeatable, because DDL
	 * is not transactional and a script that has failed is run again from its beginning
	 */
	SchemaMigration(DataSource dataSource, String historyTable, Map<String, String> scripts) {
		this.dataSource = dataSource;
		this.historyTable = historyTable;
		this.flyway = Flyway.configure(SchemaMigration.class.getClassLoader())
			.dataSource(dataSource)
			.table(historyTable)
			.locations(new String[0])
			.resourceProvider(new SqlScripts(scripts))
			.javaMigrationClassProvider(List::of)
			.skipDefaultCallbacks(true)
			.placeholderReplacement(false)
			.baselineVersion("0")
			// modules number their scripts independently; asked for only then, since
			// Flyway logs it
			.outOfOrder(scripts.keySet().stream().filter((fileName) -> fileName.startsWith("V")).count() > 1)
			// scripts of a module that was removed, and of a newer version that another
			// instance runs
			.ignoreMigrationPatterns("*:missing", "*:future")
			.load();
	}

	/**
	 * Runs the scripts that are new or changed.
	 * @throws FlywayException if one of them fails
	 */
	void run() {
		try {
			migrate(this.flyway);
		}
		catch (FlywayException ex) {
			if (failedScript(ex) != null || !forgetFailures(ex)) {
				throw ex;
			}
			migrate(this.flyway);
		}
	}

	Flyway flyway() {
		return this.flyway;
	}

	/**
	 * Migrates a schema that may have tables but no history yet. Flyway's
	 * {@code baselineOnMigrate} is not used for it: with that, one of two instances that
	 * start at once on an empty schema fails.
	 * @param flyway the run; its baseline version is what the existing tables count as
	 * @throws FlywayException if a migration fails
	 */
	static void migrate(Flyway flyway) {
		try {
			flyway.migrate();
		}
		catch (FlywayException ex) {
			if (ex.getErrorCode() != CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
				throw ex;
			}
			baseline(flyway);
			flyway.migrate();
		}
	}

	private static void baseline(Flyway flyway) {
		try {
			flyway.baseline();
		}
		catch (FlywayException ex) {
			logger.debug("Another instance created the history table, or its creation fails again below", ex);
		}
	}

	/**
	 * Removes what Flyway recorded of earlier failures, which would block each later run.
	 * @param failure what this run ended with
	 * @return whether there was any
	 */
	private boolean forgetFailures(FlywayException failure) {
		try (Connection connection = this.dataSource.getConnection();
				Statement statement = connection.createStatement()) {
			return statement.executeUpdate("DELETE FROM `%s` WHERE success = 0".formatted(this.historyTable)) > 0;
		}
		catch (SQLException ex) {
			failure.addSuppressed(ex);
			return false;
		}
	}

	/**
	 * Returns the failure of the script that a run ended with.
	 * @param failure what {@link #run()} threw
	 * @return the failure with file name, statement and line, or {@code null} if none of
	 * the scripts' statements failed
	 */
	static @Nullable FlywaySqlScriptException failedScript(FlywayException failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof FlywaySqlScriptException exception) {
				return exception;
			}
		}
		return null;
	}

}
