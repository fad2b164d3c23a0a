package org.megaetl.sql;

/**
 * What is done with a row.
 */
public enum RowMode {

	/**
	 * Inserted; a row with the same unique key is an error.
	 */
	INSERT,

	/**
	 * Inserted, or the row with the same unique key updated.
	 */
	UPSERT,

	/**
	 * Inserted, or left as it is if there is a row with the same unique key. Any other
	 * error stays an error.
	 */
	INSERT_IF_ABSENT,

	/**
	 * Deleted by its key columns.
	 */
	DELETE

}
