package org.megaetl.transformers.mapping;

import java.math.BigDecimal;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.table.ColumnValues;
import tools.jackson.databind.JsonNode;

/**
 * A condition on a record. What the event does not have equals {@code null}, and is
 * neither less nor greater than anything.
 */
sealed interface Condition {

	/**
	 * Returns whether the condition holds.
	 */
	boolean holds(RecordContext context);

	/**
	 * All of some conditions.
	 *
	 * @param conditions the conditions
	 */
	record All(List<Condition> conditions) implements Condition {

		@Override
		public boolean holds(RecordContext context) {
			return this.conditions.stream().allMatch((condition) -> condition.holds(context));
		}

	}

	/**
	 * Any of some conditions.
	 *
	 * @param conditions the conditions
	 */
	record Any(List<Condition> conditions) implements Condition {

		@Override
		public boolean holds(RecordContext context) {
			return this.conditions.stream().anyMatch((condition) -> condition.holds(context));
		}

	}

	/**
	 * The opposite of a condition.
	 *
	 * @param condition the condition
	 */
	record Not(Condition condition) implements Condition {

		@Override
		public boolean holds(RecordContext context) {
			return !this.condition.holds(context);
		}

	}

	/**
	 * A comparison of two values.
	 *
	 * @param left the one value
	 * @param operator the comparison
	 * @param right the other value
	 */
	record Comparison(Operand left, String operator, Operand right) implements Condition {

		@Override
		public boolean holds(RecordContext context) {
			JsonNode first = value(this.left, context);
			JsonNode second = value(this.right, context);
			if (first == null || second == null) {
				return switch (this.operator) {
					case "==" -> first == second;
					case "!=" -> first != second;
					default -> false;
				};
			}
			Integer order = order(first, second);
			return switch (this.operator) {
				case "==" -> (order != null) ? order == 0 : equal(first, second);
				case "!=" -> (order != null) ? order != 0 : !equal(first, second);
				case "<" -> order != null && order < 0;
				case "<=" -> order != null && order <= 0;
				case ">" -> order != null && order > 0;
				default -> order != null && order >= 0;
			};
		}

		private static @Nullable JsonNode value(Operand operand, RecordContext context) {
			JsonNode value = (operand.source() != null) ? operand.source().read(context) : operand.literal();
			return (value == null || value.isNull() || value.isMissingNode()) ? null : value;
		}

		/**
		 * A text beside true or false may be that, as in CSV or a header, and is so in a
		 * column, too.
		 */
		private static boolean equal(JsonNode first, JsonNode second) {
			if (first.isString() && second.isBoolean()) {
				return first.stringValue().equalsIgnoreCase(String.valueOf(second.booleanValue()));
			}
			return (first.isBoolean() && second.isString()) ? equal(second, first) : first.equals(second);
		}

		/**
		 * Compares numbers, texts, and a number with a text that is one, as a header may
		 * be.
		 */
		private static @Nullable Integer order(JsonNode first, JsonNode second) {
			if (first.isString() && second.isString()) {
				return first.stringValue().compareTo(second.stringValue());
			}
			BigDecimal left = number(first);
			BigDecimal right = number(second);
			return (left != null && right != null) ? (Integer) left.compareTo(right) : null;
		}

		private static @Nullable BigDecimal number(JsonNode node) {
			if (ColumnValues.isNumber(node)) {
				return node.decimalValue();
			}
			try {
				return node.isString() ? ColumnValues.number(node.stringValue()) : null;
			}
			catch (NumberFormatException ex) {
				return null;
			}
		}

	}

	/**
	 * One side of a comparison.
	 *
	 * @param source where the value is taken from, or {@code null} for a literal
	 * @param literal the literal; {@code null} is null
	 */
	record Operand(@Nullable ValueSource source, @Nullable JsonNode literal) {

	}

}
