package org.megaetl.transformers.mapping;

import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of records that something refers to. What is below one that is referred to
 * as a whole is known, too.
 */
final class KnownFields {

	private static final String ELEMENTS = "*";

	private final Node root = new Node();

	/**
	 * Adds an array whose elements become rows.
	 */
	void addArray(JsonPointer array) {
		walk(this.root, array).children.computeIfAbsent(ELEMENTS, (name) -> new Node());
	}

	/**
	 * Adds a field.
	 * @param array the array in whose elements it is, or {@code null} for a field of the
	 * record
	 * @param field the field
	 */
	void add(@Nullable JsonPointer array, JsonPointer field) {
		Node start = this.root;
		if (array != null) {
			start = walk(start, array).children.computeIfAbsent(ELEMENTS, (name) -> new Node());
		}
		walk(start, field).whole = true;
	}

	private static Node walk(Node start, JsonPointer pointer) {
		Node node = start;
		for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
			node = node.children.computeIfAbsent(rest.getMatchingProperty(), (name) -> new Node());
		}
		return node;
	}

	/**
	 * Refuses a record with a field that is not known.
	 * @throws IllegalArgumentException if it has one
	 */
	void check(JsonNode record) {
		check(record, this.root, "");
	}

	private static void check(JsonNode value, Node known, String path) {
		if (known.whole) {
			return;
		}
		if (value instanceof ObjectNode object) {
			object.forEachEntry((name, child) -> {
				Node next = known.children.get(name);
				if (next == null) {
					throw new IllegalArgumentException(
							"The field " + path + "/" + name + " is not known, and 'on-unknown' is 'fail'"
									+ ClosestMatch.closest(name, known.children.keySet())
										.map((closest) -> ". Is " + path + "/" + closest + " meant?")
										.orElse(""));
				}
				check(child, next, path + "/" + name);
			});
		}
		else if (value instanceof ArrayNode) {
			for (int i = 0; i < value.size(); i++) {
				Node next = known.children.getOrDefault(ELEMENTS, known.children.get(String.valueOf(i)));
				if (next != null) {
					check(value.get(i), next, path + "/" + i);
				}
			}
		}
	}

	/**
	 * A place in a record.
	 */
	private static final class Node {

		private final Map<String, Node> children = new TreeMap<>();

		private boolean whole;

	}

}
