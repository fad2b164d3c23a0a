package org.megaetl.config;

import java.util.Map;

/**
 * Keeps the log of a start short where a connector is enabled and nothing else sets these
 * levels: what connection pools, Flyway and Tomcat say of their own progress would hide
 * the lines that matter. The migrations that are applied stay in it. A pool's stack trace
 * per lost connection says no more than the pipeline's own line.
 */
class LogDefaults extends DefaultProperties {

	LogDefaults() {
		super(Map.of("logging.level.com.zaxxer.hikari", "warn", "logging.level.com.zaxxer.hikari.pool.ProxyConnection",
				"error", "logging.level.com.zaxxer.hikari.pool.PoolBase", "error", "logging.level.org.flywaydb", "warn",
				"logging.level.org.flywaydb.core.internal.command.DbMigrate", "info",
				"logging.level.org.apache.catalina.core", "warn"));
	}

}
