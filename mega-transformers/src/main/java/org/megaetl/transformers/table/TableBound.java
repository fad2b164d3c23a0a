package org.megaetl.transformers.table;

import java.sql.SQLException;

import org.megaetl.transform.Transformer;

/**
 * A transformer that knows the tables it writes to. Before it does, as in a test without
 * a database, it makes rows whose values have the types they have in the event.
 */
public interface TableBound extends Transformer {

	/**
	 * Compares what the transformer was told with the tables, and lets it convert values
	 * to their columns' types from now on.
	 * @param catalogue the tables
	 * @throws SQLException if the catalogue cannot be read
	 * @throws org.megaetl.config.InvalidConfigurationException if something does not fit
	 */
	void bind(Catalogue catalogue) throws SQLException;

}
