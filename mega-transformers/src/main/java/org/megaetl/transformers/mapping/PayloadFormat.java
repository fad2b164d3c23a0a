package org.megaetl.transformers.mapping;

/**
 * What an event's payload is.
 */
public enum PayloadFormat {

	/** JSON: one record, or an array of records. */
	JSON,

	/** JSON records, a line each. */
	NDJSON,

	/** Lines of values with a separator between them. */
	CSV,

	/** Avro's binary form, one record, written with a schema that is known. */
	AVRO,

	/** One message of Protocol Buffers, of a definition that is known. */
	PROTOBUF

}
