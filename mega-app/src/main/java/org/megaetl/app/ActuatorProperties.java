package org.megaetl.app;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the actuator.
 *
 * @param readAccess What of the actuator may be read without authentication.
 * @param writeAuthority Authority that changes through the actuator need, such as
 * ROLE_OPERATOR or SCOPE_mega. By default any authenticated user may make them.
 */
@ConfigurationProperties("mega.actuator")
record ActuatorProperties(@DefaultValue("monitoring") ReadAccess readAccess, @Nullable String writeAuthority) {

	/**
	 * What may be read without authentication.
	 */
	enum ReadAccess {

		/**
		 * Whether the application and its pipelines work.
		 */
		HEALTH,

		/**
		 * Also what monitoring needs: info and Prometheus.
		 */
		MONITORING,

		/**
		 * All endpoints that are exposed.
		 */
		EVERYTHING

	}

}
