package org.megaetl.connector.webhook.auth;

/**
 * The hash function of an HMAC.
 */
public enum HmacAlgorithm {

	/**
	 * HMAC-SHA1, for old senders.
	 */
	SHA1("HmacSHA1"),

	/**
	 * HMAC-SHA256.
	 */
	SHA256("HmacSHA256"),

	/**
	 * HMAC-SHA384.
	 */
	SHA384("HmacSHA384"),

	/**
	 * HMAC-SHA512.
	 */
	SHA512("HmacSHA512");

	private final String standardName;

	HmacAlgorithm(String standardName) {
		this.standardName = standardName;
	}

	String standardName() {
		return this.standardName;
	}

}
