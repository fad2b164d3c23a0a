package org.megaetl.app;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may use the actuator.
 *
 * @param readAccess what may be read without authentication: "health", "monitoring" (also
 * info and Prometheus), or "everything".
 * @param writeAuthority the authority that changes need, such as ROLE_OPERATOR or
 * SCOPE_mega. Without it, that of any authenticated user.
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
		 * Also what monitoring needs.
		 */
		MONITORING,

		/**
		 * All endpoints that are exposed.
		 */
		EVERYTHING

	}

}
