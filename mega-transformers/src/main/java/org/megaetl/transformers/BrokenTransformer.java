package org.megaetl.transformers;

import java.util.List;

import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;

/**
 * Stands for a transformer that cannot be created, so that the others can be validated.
 *
 * @param failure why it cannot be created
 */
record BrokenTransformer(InvalidConfigurationException failure) implements TableBound {

	@Override
	public void bind(Catalogue catalogue) {
		throw this.failure;
	}

	@Override
	public List<Row> transform(Event event) {
		throw this.failure;
	}

}
