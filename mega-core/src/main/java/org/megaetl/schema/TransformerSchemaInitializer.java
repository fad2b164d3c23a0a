package org.megaetl.schema;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.internal.sqlscript.FlywaySqlScriptException;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.util.StringUtils;

/**
 * Runs the init DDL of each transformer that is new or has a new text: one repeatable
 * migration per transformer, with a history table for all of them. The last of the beans
 * that initialize the database.
 */
final class TransformerSchemaInitializer implements InitializingBean {

	private static final String HISTORY_TABLE = "mega_transformer_history";

	private static final String SUFFIX = ".sql";

	private final Supplier<String> namespace;

	private final DataSource dataSource;

	private final ObjectProvider<TransformerRegistry> registry;

	private final @Nullable PendingMigrations pending;

	/**
	 * Creates an initializer.
	 * @param namespace keeps transformers of one name in two applications apart; asked
	 * for if there is a transformer with DDL
	 * @param pending takes the DDL instead of the database, or {@code null}
	 */
	TransformerSchemaInitializer(DataSource dataSource, ObjectProvider<TransformerRegistry> registry,
			Supplier<String> namespace, @Nullable PendingMigrations pending) {
		this.pending = pending;
		this.dataSource = dataSource;
		this.namespace = namespace;
		this.registry = registry;
	}

	@Override
	public void afterPropertiesSet() {
		Map<String, String> scripts = new TreeMap<>();
		this.registry.ifAvailable((transformers) -> transformers.all().forEach((name, transformer) -> {
			String ddl = initDdl(name, transformer);
			if (StringUtils.hasText(ddl)) {
				scripts.put(prefix() + name + SUFFIX, ddl);
			}
		}));
		if (scripts.isEmpty()) {
			return;
		}
		SchemaMigration migration = new SchemaMigration(this.dataSource, HISTORY_TABLE, scripts);
		if (this.pending != null) {
			this.pending.add("DDL of transformers", migration.flyway());
			return;
		}
		try {
			migration.run();
		}
		catch (FlywayException ex) {
			FlywaySqlScriptException script = SchemaMigration.failedScript(ex);
			String subject = (script != null) ? "transformer '%s'".formatted(transformerName(script)) : "transformers";
			throw SchemaFailure.of("The init DDL of the %s failed".formatted(subject), ex);
		}
	}

	private static @Nullable String initDdl(String name, TransformFunction transformer) {
		try {
			return transformer.initDdl();
		}
		catch (RuntimeException ex) {
			throw new InvalidConfigurationException(
					"The transformer '%s' failed to return its init DDL: %s".formatted(name, ex),
					"Correct its method initDdl().", ex);
		}
	}

	private String prefix() {
		return "R__" + this.namespace.get() + ":";
	}

	private String transformerName(FlywaySqlScriptException script) {
		String fileName = script.getResource().getFilename();
		return fileName.substring(prefix().length(), fileName.length() - SUFFIX.length());
	}

}
