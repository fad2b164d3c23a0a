package org.megaetl.transformers;

import java.sql.SQLException;
import java.util.Map;

import javax.sql.DataSource;

import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;

import org.springframework.beans.factory.InitializingBean;

/**
 * Compares the configured transformers with the tables as soon as these are there, and
 * before the first event.
 */
final class TransformerTables implements InitializingBean {

	private final ConfiguredTransformers transformers;

	private final DataSource dataSource;

	TransformerTables(ConfiguredTransformers transformers, DataSource dataSource) {
		this.transformers = transformers;
		this.dataSource = dataSource;
	}

	@Override
	public void afterPropertiesSet() {
		Catalogue catalogue = new Catalogue(this.dataSource);
		for (Map.Entry<String, TableBound> transformer : this.transformers.transformers().entrySet()) {
			try {
				transformer.getValue().bind(catalogue);
			}
			catch (SQLException ex) {
				throw new IllegalStateException("The tables of the transformer '" + transformer.getKey()
						+ "' could not be looked up in the database's catalogue", ex);
			}
		}
	}

}
