package org.megaetl.connector.webhook.format;

/**
 * What the body of a request is.
 */
public enum BodyFormat {

	/**
	 * What its content type says: NDJSON, or CloudEvents in any mode; anything else is
	 * one event.
	 */
	AUTO,

	/**
	 * One event, whatever its content type says.
	 */
	EVENT,

	/**
	 * A JSON array of events that are objects, or one such object.
	 */
	JSON_ARRAY,

	/**
	 * An event a line.
	 */
	NDJSON,

	/**
	 * CloudEvents in binary, structured or batched mode, and nothing else.
	 */
	CLOUDEVENTS

}
