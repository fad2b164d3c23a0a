package org.megaetl.transformers.table;

/**
 * A column of a table.
 *
 * @param name the column's name as the database has it
 * @param kind what it holds
 * @param type the type as the database writes it, such as {@code decimal(10,2)}
 * @param nullable whether it may be NULL
 * @param hasDefault whether it has a default other than NULL
 * @param autoIncrement whether the database numbers it
 * @param generated whether the database computes it, so that it cannot be set
 */
public record Column(String name, ColumnKind kind, String type, boolean nullable, boolean hasDefault,
		boolean autoIncrement, boolean generated) {

	/**
	 * Returns whether a row must set the column.
	 * @return whether the database has no value for it otherwise
	 */
	public boolean mustBeSet() {
		return !this.nullable && !this.hasDefault && !this.autoIncrement && !this.generated;
	}

}
