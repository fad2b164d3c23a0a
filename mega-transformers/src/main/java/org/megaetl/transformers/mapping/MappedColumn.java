package org.megaetl.transformers.mapping;

import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transformers.table.Column;
import org.megaetl.transformers.table.ColumnKind;
import org.megaetl.transformers.table.ColumnValues;
import org.megaetl.transformers.table.EpochUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.StringNode;

/**
 * One column of a mapping: takes its value from a record. Immutable.
 */
final class MappedColumn {

	private final String property;

	private final String name;

	private final @Nullable ValueSource source;

	/** The constant, or the default. */
	private final @Nullable String fallback;

	private final boolean required;

	private final @Nullable EpochUnit epoch;

	private final @Nullable Column column;

	private final @Nullable Object fallbackValue;

	private MappedColumn(String property, String name, @Nullable ValueSource source, @Nullable String fallback,
			boolean required, @Nullable EpochUnit epoch, @Nullable Column column, @Nullable Object fallbackValue) {
		this.property = property;
		this.name = name;
		this.source = source;
		this.fallback = fallback;
		this.required = required;
		this.epoch = epoch;
		this.column = column;
		this.fallbackValue = fallbackValue;
	}

	static MappedColumn of(String property, String name, ColumnMapping mapping) {
		if ((mapping.from() == null) == (mapping.value() == null)) {
			throw new InvalidConfigurationException(
					"'" + property + "' must say either where the value comes from or which constant it is, and says "
							+ ((mapping.from() == null) ? "neither." : "both."),
					"Set '" + property + "' to a JSON pointer such as '/" + name + "', or '" + property
							+ ".value' to a constant.");
		}
		if (mapping.from() == null && (mapping.defaultValue() != null || mapping.required())) {
			throw new InvalidConfigurationException(
					"'" + property + "' is a constant, for which 'default' and 'required' mean nothing.",
					"Remove them, or the constant.");
		}
		if (mapping.required() && mapping.defaultValue() != null) {
			throw new InvalidConfigurationException(
					"'" + property + "' is required and has a default, of which only one can be meant.",
					"Remove '" + property + ".required' or '" + property + ".default'.");
		}
		String fallback = (mapping.value() != null) ? mapping.value() : mapping.defaultValue();
		return new MappedColumn(property, name, (mapping.from() != null) ? source(property, mapping.from()) : null,
				fallback, mapping.required(), mapping.epoch(), null, fallback);
	}

	private static ValueSource source(String property, String from) {
		try {
			return ValueSource.parse(from);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException(
					"'" + property + "' is '" + from + "', which is no place in an event: " + ex.getMessage() + ".",
					"Write a JSON pointer such as '/" + property.substring(property.lastIndexOf('.') + 1)
							+ "', 'header:Name' or 'metadata:timestamp'.",
					ex);
		}
	}

	/**
	 * Returns this column with the type it has in the table.
	 */
	MappedColumn bind(Column column) {
		if (column.generated()) {
			throw new InvalidConfigurationException(
					"'" + this.property + "' maps a column that the database computes by itself.", "Remove it.");
		}
		refuseEpoch(column);
		refuseImpossible(String.valueOf(this.source), column);
		return new MappedColumn(this.property, this.name, this.source, this.fallback, this.required, this.epoch, column,
				fallback(column));
	}

	private void refuseEpoch(Column column) {
		ColumnKind kind = column.kind();
		if (this.epoch != null && kind != ColumnKind.DATETIME && kind != ColumnKind.DATE && kind != ColumnKind.TIME) {
			throw new InvalidConfigurationException("'" + this.property + ".epoch' is for columns of dates and times, "
					+ "but the column is " + column.type() + ".", "Remove it.");
		}
		if (this.epoch == EpochUnit.DAYS && kind == ColumnKind.TIME) {
			throw new InvalidConfigurationException(
					"'" + this.property + ".epoch' is 'days', which is for dates, but the column is " + column.type()
							+ ".",
					"Set it to what the number counts since midnight: 'seconds', 'millis', 'micros' or 'nanos'.");
		}
	}

	/**
	 * Refuses a column that cannot hold what is always of one type.
	 */
	private void refuseImpossible(String from, Column column) {
		ColumnKind kind = column.kind();
		String taken = switch (from) {
			case "metadata:timestamp" ->
				(kind == ColumnKind.DATETIME || kind == ColumnKind.DATE || kind == ColumnKind.TEXT) ? "" : "a time";
			case "metadata:index" -> (kind == ColumnKind.DATETIME || kind == ColumnKind.DATE || kind == ColumnKind.TIME
					|| kind == ColumnKind.BINARY) ? "a number" : "";
			case "metadata:payload" -> (kind == ColumnKind.BINARY || kind == ColumnKind.TEXT) ? "" : "bytes";
			default -> "";
		};
		if (!taken.isEmpty()) {
			throw new InvalidConfigurationException(
					"'" + this.property + "' takes " + taken + ", but the column is " + column.type() + ".",
					"Map it to a column of a type that holds " + taken + ", such as "
							+ (taken.equals("a time") ? "DATETIME(6)." : taken.equals("bytes") ? "BLOB." : "INT."));
		}
	}

	private @Nullable Object fallback(Column column) {
		if (this.fallback == null) {
			return null;
		}
		try {
			JsonNode node = (column.kind() == ColumnKind.JSON) ? JsonMapper.shared().readTree(this.fallback)
					: StringNode.valueOf(this.fallback);
			return ColumnValues.convert(node, column, this.epoch);
		}
		catch (IllegalArgumentException | JacksonException ex) {
			throw new InvalidConfigurationException(
					"'" + this.property + ((this.source != null) ? ".default" : ".value") + "' is '" + this.fallback
							+ "', which cannot be stored in the column, as that is " + column.type() + ".",
					"Write a value of that type.", ex);
		}
	}

	String property() {
		return this.property;
	}

	String name() {
		return (this.column != null) ? this.column.name() : this.name;
	}

	@Nullable ValueSource source() {
		return this.source;
	}

	@Nullable EpochUnit epoch() {
		return this.epoch;
	}

	/**
	 * Returns whether a row may have no value for the column.
	 */
	boolean isOptional() {
		return !this.required && this.fallback == null;
	}

	/**
	 * Returns the value to bind.
	 * @throws IllegalArgumentException if the record has none where it must, or one of
	 * the wrong type
	 */
	@Nullable Object value(RecordContext context) {
		if (this.source == null) {
			return this.fallbackValue;
		}
		JsonNode node = this.source.read(context);
		Object value;
		try {
			value = (this.column != null) ? ColumnValues.convert(node, this.column, this.epoch)
					: ColumnValues.natural(node, this.epoch);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(this.source + ": " + ex.getMessage(), ex);
		}
		if (value != null) {
			return value;
		}
		if (this.fallbackValue == null && (this.required || (this.column != null && !this.column.nullable()))) {
			throw new IllegalArgumentException(
					this.source + ((node == null || node.isMissingNode()) ? " is missing, but " : " is null, but ")
							+ (this.required ? "required" : "column '" + Objects.requireNonNull(this.column).name()
									+ "' cannot be NULL: send it, or configure a default"));
		}
		return this.fallbackValue;
	}

}
