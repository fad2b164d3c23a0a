package org.megaetl.connector.webhook.auth;

import java.util.List;

/**
 * The keys that are valid now, several of them while one is being replaced.
 *
 * @param <K> the type of the keys
 */
@FunctionalInterface
interface Keys<K> {

	/**
	 * Returns the keys.
	 * @return at least one
	 */
	List<K> current();

}
