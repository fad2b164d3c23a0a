package org.megaetl.schema;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.Assert;

/**
 * Settings of the start-up work on the database.
 *
 * @param waitForDatabase How long to wait at start for a database that cannot be reached.
 * With 0, the start fails at once.
 */
@ConfigurationProperties("mega.schema")
record SchemaProperties(@DefaultValue("5m") @DurationUnit(ChronoUnit.SECONDS) Duration waitForDatabase) {

	SchemaProperties {
		Assert.isTrue(!waitForDatabase.isNegative(), "'wait-for-database' must not be negative");
	}

}
