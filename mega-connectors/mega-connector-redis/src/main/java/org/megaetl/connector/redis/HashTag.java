package org.megaetl.connector.redis;

import org.megaetl.config.InvalidConfigurationException;

/**
 * Names for keys that must be in the same slot of a Redis Cluster as another key. Redis
 * hashes what is between the first '{' and the next '}' of a name, or all of it if there
 * is nothing.
 */
final class HashTag {

	private HashTag() {
	}

	/**
	 * Returns a name that is in the slot of a key, whatever is appended to it.
	 * @param key the key
	 * @return the key itself if it has a hash tag, else the key as one
	 */
	static String of(String key) {
		return hasTag(key) ? key : "{" + key + "}";
	}

	/**
	 * Checks that names for a key can be made.
	 * @param key the key
	 * @param property the property that says it, for the message
	 * @throws InvalidConfigurationException if it has braces that are not a hash tag
	 */
	static void check(String key, String property) {
		if (!isPossible(key)) {
			throw new InvalidConfigurationException(
					"'" + property + "' is '" + key + "', whose braces are not a hash tag, so that no other key is "
							+ "certain to be in the same slot of a Redis Cluster.",
					"Use another name, without braces or with a hash tag such as {orders}.");
		}
	}

	/**
	 * Whether names for a key can be made.
	 */
	static boolean isPossible(String key) {
		return hasTag(key) || (!key.contains("{") && !key.contains("}"));
	}

	private static boolean hasTag(String key) {
		int open = key.indexOf('{');
		return open != -1 && key.indexOf('}', open + 1) > open + 1;
	}

}
