package org.megaetl.sink;

/**
 * Whether rows to insert are written by {@code LOAD DATA LOCAL INFILE}.
 */
public enum LoadData {

	/**
	 * Where the server allows it and the table stores the same as of an {@code INSERT}.
	 */
	AUTO,

	/** Never. */
	NEVER

}
