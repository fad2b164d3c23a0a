package org.megaetl.schema;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Settings of the start-up work on the database.
 *
 * @param waitForDatabase How long to wait at start for a database that cannot be reached.
 * Zero fails at once.
 */
@ConfigurationProperties("mega.schema")
record SchemaProperties(@DefaultValue("5m") Duration waitForDatabase) {

	SchemaProperties {
		Assert.isTrue(!waitForDatabase.isNegative(), "'wait-for-database' must not be negative");
	}

}
