package org.megaetl.transformers.table;

import java.sql.SQLException;
import java.util.Locale;

import org.megaetl.config.ClosestMatch;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.sink.TableEngine;

/**
 * Finds the tables that configuration names.
 */
public final class TableNames {

	private static final String PLATFORM = "mega_";

	private TableNames() {
	}

	/**
	 * Returns a table.
	 * @param name the table's name
	 * @param property the property that names it
	 * @param catalogue the tables
	 * @return the table
	 * @throws SQLException if the catalogue cannot be read
	 * @throws InvalidConfigurationException if there is none of that name, or nothing is
	 * written to it
	 */
	public static Table require(String name, String property, Catalogue catalogue) throws SQLException {
		Table table = catalogue.find(name);
		if (table != null) {
			requireTransactions(table, property);
			return table;
		}
		throw new InvalidConfigurationException(
				"'" + property + "' names the table '" + name + "', which does not exist in the database.",
				ClosestMatch.closest(name, catalogue.namesBeside(name))
					.map((closest) -> "Did you mean '" + closest + "'?")
					.orElse("Create it, for example with a migration, or name one that exists."));
	}

	private static void requireTransactions(Table table, String property) {
		String engine = table.engineWithoutTransactions();
		if (engine != null) {
			throw new InvalidConfigurationException(
					"'" + property + "' names the table '" + table.name() + "', whose storage engine " + engine
							+ " has no transactions, so rows could be stored twice.",
					TableEngine.advice(table.name(), engine) + ".");
		}
	}

	/**
	 * Refuses the platform's own tables.
	 * @param name the table's name
	 * @param property the property that names it
	 * @throws InvalidConfigurationException if it is one of them
	 */
	public static void refusePlatform(String name, String property) {
		if (name.substring(name.indexOf('.') + 1).toLowerCase(Locale.ROOT).startsWith(PLATFORM)) {
			throw new InvalidConfigurationException("'" + property + "' names the table '" + name
					+ "': tables whose names begin with '" + PLATFORM + "' are the platform's own.",
					"Name a table of yours.");
		}
	}

}
