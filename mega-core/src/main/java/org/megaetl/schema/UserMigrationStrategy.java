package org.megaetl.schema;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.configuration.Configuration;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;

/**
 * Runs the user's own migrations, from {@code V1__} on, on a schema that has other tables
 * already (the platform's, or an existing application's), unless the user configured the
 * baseline otherwise. Does nothing if there are no migrations.
 */
final class UserMigrationStrategy implements FlywayMigrationStrategy {

	private static final Log logger = LogFactory.getLog(UserMigrationStrategy.class);

	private static final String DEFAULT_FOLDER = "db/migration";

	private static final Location DEFAULT_LOCATION = Location.fromPath("classpath:", DEFAULT_FOLDER);

	private final boolean baselineConfigured;

	/**
	 * Creates a strategy.
	 * @param baselineConfigured whether the user said what to do with a schema that has
	 * tables but no history
	 */
	UserMigrationStrategy(boolean baselineConfigured) {
		this.baselineConfigured = baselineConfigured;
	}

	@Override
	public void migrate(Flyway flyway) {
		if (hasNoMigrations(flyway.getConfiguration())) {
			logger.debug("There is no folder '%s' on the class path".formatted(DEFAULT_FOLDER));
		}
		else if (this.baselineConfigured) {
			flyway.migrate();
		}
		else {
			SchemaMigration.migrate(flyway);
		}
	}

	// a location that the user named is Flyway's business, and so is its absence
	static boolean hasNoMigrations(Configuration configuration) {
		Location[] locations = configuration.getLocations();
		return locations.length == 1 && locations[0].equals(DEFAULT_LOCATION)
				&& configuration.getClassLoader().getResource(DEFAULT_FOLDER) == null
				&& configuration.getJavaMigrations().length == 0 && configuration.getResolvers().length == 0
				&& configuration.getCallbacks().length == 0 && configuration.getResourceProvider() == null
				&& !configuration.isFailOnMissingLocations();
	}

}
