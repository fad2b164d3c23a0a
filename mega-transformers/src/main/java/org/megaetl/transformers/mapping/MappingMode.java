package org.megaetl.transformers.mapping;

/**
 * What is done with the rows of a mapping.
 */
public enum MappingMode {

	/** Inserted; a row with the same unique key is an error. */
	INSERT,

	/** Inserted, or the row with the same key updated. */
	UPSERT,

	/** Inserted, or left as it is if there is a row with the same key. */
	IF_ABSENT,

	/** Deleted by the key. */
	DELETE

}
