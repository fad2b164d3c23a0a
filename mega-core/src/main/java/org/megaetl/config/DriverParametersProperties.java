package org.megaetl.config;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What becomes of driver parameters that the driver does not know.
 *
 * @param unknownParameters What to do about a parameter in the database's URL that the
 * JDBC driver does not know.
 */
@ConfigurationProperties("mega.sink.jdbc")
record DriverParametersProperties(@DefaultValue("warn") UnknownParameters unknownParameters) {

	enum UnknownParameters {

		/**
		 * Log a warning.
		 */
		WARN,

		/**
		 * Do not start.
		 */
		FAIL

	}

}
