package org.megaetl.transformers.mapping;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.megaetl.transformers.mapping.Condition.All;
import org.megaetl.transformers.mapping.Condition.Any;
import org.megaetl.transformers.mapping.Condition.Comparison;
import org.megaetl.transformers.mapping.Condition.Not;
import org.megaetl.transformers.mapping.Condition.Operand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.StringNode;

/**
 * Understands conditions: comparisons of places and literals, joined by {@code &&},
 * {@code ||}, {@code !} and parentheses.
 */
final class ConditionParser {

	private static final Pattern TOKEN = Pattern
		.compile("\\s*(&&|\\|\\||[=!<>]=|[<>!()]|'(?:[^']|'')*'|[^\\s()'<>=!&|]+)");

	private static final Set<String> OPERATORS = Set.of("==", "!=", "<", "<=", ">", ">=");

	private static final int MOST_PARENTHESES = 50;

	private final Consumer<ValueSource> sources;

	private final List<String> tokens = new ArrayList<>();

	private int next;

	private int depth;

	private ConditionParser(Consumer<ValueSource> sources) {
		this.sources = sources;
	}

	/**
	 * Understands a condition.
	 * @param text the condition
	 * @param sources receives the places that values are taken from
	 * @return the condition
	 * @throws IllegalArgumentException if it is not understood; the message begins in
	 * lower case
	 */
	static Condition parse(String text, Consumer<ValueSource> sources) {
		ConditionParser parser = new ConditionParser(sources);
		Matcher matcher = TOKEN.matcher(text.stripTrailing());
		int end = 0;
		while (matcher.lookingAt()) {
			parser.tokens.add(matcher.group(1));
			end = matcher.end();
			matcher.region(end, text.stripTrailing().length());
		}
		if (end < text.stripTrailing().length()) {
			throw new IllegalArgumentException("it is not understood from '" + text.substring(end).strip() + "' on");
		}
		Condition condition = parser.any();
		if (parser.peek() != null) {
			throw new IllegalArgumentException("'" + parser.peek() + "' is not expected where it is");
		}
		return condition;
	}

	private @Nullable String peek() {
		return (this.next < this.tokens.size()) ? this.tokens.get(this.next) : null;
	}

	private String take(String expected) {
		String token = peek();
		if (token == null) {
			throw new IllegalArgumentException("it ends where " + expected + " is expected");
		}
		this.next++;
		return token;
	}

	private boolean accept(String token) {
		boolean accepted = token.equals(peek());
		this.next += accepted ? 1 : 0;
		return accepted;
	}

	private Condition any() {
		List<Condition> conditions = new ArrayList<>(List.of(all()));
		while (accept("||")) {
			conditions.add(all());
		}
		return (conditions.size() == 1) ? conditions.get(0) : new Any(conditions);
	}

	private Condition all() {
		List<Condition> conditions = new ArrayList<>(List.of(one()));
		while (accept("&&")) {
			conditions.add(one());
		}
		return (conditions.size() == 1) ? conditions.get(0) : new All(conditions);
	}

	private Condition one() {
		if (++this.depth > MOST_PARENTHESES) {
			throw new IllegalArgumentException("it is nested too deeply");
		}
		try {
			if (accept("!")) {
				return new Not(one());
			}
			if (accept("(")) {
				Condition condition = any();
				if (!accept(")")) {
					throw new IllegalArgumentException("a ')' is missing");
				}
				return condition;
			}
			return comparison();
		}
		finally {
			this.depth--;
		}
	}

	private Condition comparison() {
		Operand left = operand(take("a value"));
		String operator = take("a comparison such as '=='");
		if (!OPERATORS.contains(operator)) {
			throw new IllegalArgumentException(
					"'" + operator + "' stands where one of ==, !=, <, <=, >, >= is expected");
		}
		return new Comparison(left, operator, operand(take("a value")));
	}

	private Operand operand(String token) {
		if (token.startsWith("'")) {
			return literal(StringNode.valueOf(token.substring(1, token.length() - 1).replace("''", "'")));
		}
		if (token.equals("null")) {
			return literal(null);
		}
		if (token.equals("true") || token.equals("false")) {
			return literal(BooleanNode.valueOf(token.equals("true")));
		}
		if (token.matches("-?\\d+(\\.\\d+)?")) {
			return literal(DecimalNode.valueOf(new BigDecimal(token)));
		}
		if (!token.startsWith("/") && !token.contains(":")) {
			throw new IllegalArgumentException("'" + token
					+ "' is neither a place such as '/status', nor a number, true, false, null or a text in "
					+ "single quotes");
		}
		ValueSource source = ValueSource.parse(token);
		this.sources.accept(source);
		return new Operand(source, null);
	}

	private static Operand literal(@Nullable JsonNode node) {
		return new Operand(null, node);
	}

}
