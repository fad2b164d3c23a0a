package org.megaetl.config;

import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The configuration keys that bind to something. Indexes of lists are all the same one,
 * and names are compared in Spring Boot's relaxed way.
 */
class KnownKeys {

	private static final Pattern INDEX = Pattern.compile("\\[\\d+]");

	private static final Pattern VARIABLE_INDEX = Pattern.compile("_\\d+(?=_|$)");

	private final Set<ConfigurationPropertyName> names = new HashSet<>();

	private final Set<ConfigurationPropertyName> open = new HashSet<>();

	void add(ConfigurationPropertyName name) {
		this.names.add(withoutIndexes(name));
	}

	/**
	 * Add a name below which everything is known.
	 */
	void addOpen(ConfigurationPropertyName name) {
		add(name);
		this.open.add(withoutIndexes(name));
	}

	boolean contains(ConfigurationPropertyName name) {
		ConfigurationPropertyName key = withoutIndexes(name);
		return this.names.contains(key) || this.open.stream().anyMatch((open) -> open.isAncestorOf(key));
	}

	boolean containsBelow(ConfigurationPropertyName name) {
		ConfigurationPropertyName key = withoutIndexes(name);
		return this.names.stream().anyMatch(key::isAncestorOf);
	}

	/**
	 * Whether an environment variable of the name binds to something. Spring Boot accepts
	 * both {@code BATCHSIZE} and {@code BATCH_SIZE} for {@code batch-size}.
	 */
	boolean containsVariable(String variable) {
		String key = VARIABLE_INDEX.matcher(variable.toUpperCase(Locale.ROOT)).replaceAll("_0");
		return this.names.stream().anyMatch((name) -> key.equals(variable(name, "")) || key.equals(variable(name, "_")))
				|| this.open.stream()
					.anyMatch((name) -> key.startsWith(variable(name, "") + "_")
							|| key.startsWith(variable(name, "_") + "_"));
	}

	/**
	 * Return the key that was probably meant: the first element that is not known in its
	 * place is replaced by the nearest that is.
	 */
	Optional<String> closest(ConfigurationPropertyName wrong) {
		int position = firstUnknown(wrong);
		String element = wrong.getElement(position, Form.DASHED);
		return ClosestMatch.closest(element, elementsBelow(wrong.chop(position))).map((closest) -> {
			ConfigurationPropertyName name = wrong.chop(position).append(closest);
			if (position + 1 < wrong.getNumberOfElements()) {
				name = name.append(wrong.subName(position + 1));
			}
			return name.toString();
		});
	}

	Optional<String> closestVariable(String wrong) {
		// Near in what differs: a long common beginning would make everything near
		return ClosestMatch.closest(wrong, this.names.stream().map((name) -> variable(name, "")).filter((variable) -> {
			int common = variable.substring(0, commonLength(variable, wrong)).lastIndexOf('_') + 1;
			return ClosestMatch.closest(wrong.substring(common), Set.of(variable.substring(common))).isPresent();
		}).collect(Collectors.toSet()));
	}

	private static int commonLength(String left, String right) {
		int length = 0;
		while (length < Math.min(left.length(), right.length()) && left.charAt(length) == right.charAt(length)) {
			length++;
		}
		return length;
	}

	/**
	 * Return what is known in the place of the first element that is not.
	 */
	Collection<String> alternatives(ConfigurationPropertyName wrong) {
		ConfigurationPropertyName parent = wrong.chop(firstUnknown(wrong));
		return elementsBelow(parent).stream().map((element) -> parent.append(element).toString()).toList();
	}

	private int firstUnknown(ConfigurationPropertyName wrong) {
		int position = 1;
		while (position < wrong.getNumberOfElements() - 1
				&& (contains(wrong.chop(position + 1)) || containsBelow(wrong.chop(position + 1)))) {
			position++;
		}
		return position;
	}

	private Collection<String> elementsBelow(ConfigurationPropertyName parent) {
		ConfigurationPropertyName key = withoutIndexes(parent);
		return this.names.stream()
			.filter(key::isAncestorOf)
			.filter((name) -> !name.isNumericIndex(key.getNumberOfElements()))
			.map((name) -> name.getElement(key.getNumberOfElements(), Form.DASHED))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	private static String variable(ConfigurationPropertyName name, String dash) {
		StringBuilder variable = new StringBuilder();
		for (int i = 0; i < name.getNumberOfElements(); i++) {
			variable.append((i > 0) ? "_" : "").append(name.getElement(i, Form.DASHED).replace("-", dash));
		}
		return variable.toString().toUpperCase(Locale.ROOT);
	}

	private static ConfigurationPropertyName withoutIndexes(ConfigurationPropertyName name) {
		String text = name.toString();
		return text.contains("[") ? ConfigurationPropertyName.of(INDEX.matcher(text).replaceAll("[0]")) : name;
	}

}
