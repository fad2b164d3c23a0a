package org.megaetl.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import javax.sql.DataSource;

import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourcePatternResolver;
import org.springframework.util.Assert;

/**
 * Creates and updates the tables of the platform, of all modules that are present. A
 * connector puts its own scripts into the same folder of its jar, with versions of its
 * own thousand ({@code V2001__...}).
 */
final class PlatformSchemaInitializer implements InitializingBean {

	private static final String HISTORY_TABLE = "mega_schema_history";

	private static final String SCRIPTS = "classpath*:org/megaetl/schema/platform/V*.sql";

	private final DataSource dataSource;

	private final ResourcePatternResolver resources;

	private final @Nullable PendingMigrations pending;

	/**
	 * Creates an initializer.
	 * @param pending takes the scripts instead of the database, or {@code null}
	 */
	PlatformSchemaInitializer(DataSource dataSource, ResourcePatternResolver resources,
			@Nullable PendingMigrations pending) {
		this.dataSource = dataSource;
		this.resources = resources;
		this.pending = pending;
	}

	@Override
	public void afterPropertiesSet() {
		SchemaMigration migration = new SchemaMigration(this.dataSource, HISTORY_TABLE, scripts());
		if (this.pending != null) {
			this.pending.add("the platform's tables", migration.flyway());
			return;
		}
		try {
			migration.run();
		}
		catch (FlywayException ex) {
			throw SchemaFailure.of("The tables that MEGA itself needs could not be created or updated", ex);
		}
	}

	private Map<String, String> scripts() {
		Map<String, String> scripts = new TreeMap<>();
		try {
			for (Resource resource : this.resources.getResources(SCRIPTS)) {
				String fileName = resource.getFilename();
				Assert.state(fileName != null, () -> "No file name: " + resource);
				String previous = scripts.put(fileName, resource.getContentAsString(StandardCharsets.UTF_8));
				Assert.state(previous == null, () -> "Two modules have a script '%s'".formatted(fileName));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return scripts;
	}

}
