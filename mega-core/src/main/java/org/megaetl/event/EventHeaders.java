package org.megaetl.event;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * The headers of an event, in the order received: names compare without regard to case
 * (as HTTP's do) and may repeat. Immutable.
 */
public final class EventHeaders {

	/**
	 * No headers.
	 */
	public static final EventHeaders NONE = new EventHeaders(new String[0]);

	private final String[] namesAndValues;

	private EventHeaders(String[] namesAndValues) {
		this.namesAndValues = namesAndValues;
	}

	/**
	 * Returns headers of the given names and values.
	 * @param namesAndValues a name, its value, the next name, and so on
	 * @return the headers
	 */
	public static EventHeaders of(String... namesAndValues) {
		if (namesAndValues.length % 2 != 0) {
			throw new IllegalArgumentException(
					"Headers are pairs of name and value, but " + namesAndValues.length + " strings were given");
		}
		return (namesAndValues.length > 0) ? new EventHeaders(namesAndValues.clone()) : NONE;
	}

	/**
	 * Returns headers of the given map, in its order.
	 * @param headers the values by name
	 * @return the headers
	 */
	public static EventHeaders of(Map<String, List<String>> headers) {
		List<String> pairs = new ArrayList<>();
		headers.forEach((name, values) -> values.forEach((value) -> {
			pairs.add(name);
			pairs.add(value);
		}));
		return of(pairs.toArray(String[]::new));
	}

	/**
	 * Returns the first value of a header.
	 * @param name the header's name, in any case
	 * @return the value, or {@code null} if there is no such header
	 */
	public @Nullable String first(String name) {
		for (int i = 0; i < this.namesAndValues.length; i += 2) {
			if (this.namesAndValues[i].equalsIgnoreCase(name)) {
				return this.namesAndValues[i + 1];
			}
		}
		return null;
	}

	/**
	 * Returns all values of a header, in order.
	 * @param name the header's name, in any case
	 * @return the values, possibly none
	 */
	public List<String> all(String name) {
		List<String> values = new ArrayList<>(1);
		forEach((header, value) -> {
			if (header.equalsIgnoreCase(name)) {
				values.add(value);
			}
		});
		return Collections.unmodifiableList(values);
	}

	/**
	 * Calls the given action for every header, in order.
	 * @param action receives name and value
	 */
	public void forEach(BiConsumer<String, String> action) {
		for (int i = 0; i < this.namesAndValues.length; i += 2) {
			action.accept(this.namesAndValues[i], this.namesAndValues[i + 1]);
		}
	}

	/**
	 * Returns the headers as a map of lists whose keys ignore case.
	 * @return a map of its own, sorted by name
	 */
	public Map<String, List<String>> toMap() {
		Map<String, List<String>> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		forEach((name, value) -> map.computeIfAbsent(name, (key) -> new ArrayList<>(1)).add(value));
		return map;
	}

	@Override
	public String toString() {
		// values may be credentials
		return toMap().keySet().toString();
	}

}
