package org.megaetl.connector.kafka;

import java.nio.ByteBuffer;

/**
 * Makes JSON of payloads that were written with a certain schema.
 */
@FunctionalInterface
interface PayloadSchema {

	/**
	 * Decodes a payload.
	 * @param payload what follows the schema's id
	 * @return the same as JSON, in UTF-8
	 * @throws Exception if it is not of this schema
	 */
	byte[] toJson(ByteBuffer payload) throws Exception;

	/**
	 * A schema of what is JSON already.
	 */
	static PayloadSchema json() {
		return (payload) -> {
			byte[] json = new byte[payload.remaining()];
			payload.get(json);
			return json;
		};
	}

	/**
	 * A schema that nothing can be decoded with.
	 * @param reason why
	 */
	static PayloadSchema unusable(String reason) {
		return (payload) -> {
			throw new IllegalArgumentException(reason);
		};
	}

}
