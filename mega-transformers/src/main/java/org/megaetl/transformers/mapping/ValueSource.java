package org.megaetl.transformers.mapping;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import org.megaetl.event.Event;
import org.megaetl.transformers.table.Utf8;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BinaryNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.StringNode;

/**
 * A place that a value is taken from.
 */
final class ValueSource {

	private static final String ROOT = "root:";

	private static final String HEADER = "header:";

	private static final String METADATA = "metadata:";

	private static final Map<String, Function<RecordContext, @Nullable JsonNode>> METADATA_READERS = new TreeMap<>(
			Map.of("source", text(Event::source), "key", text(Event::key), "id", text(Event::id), "text",
					text(ValueSource::decoded), "timestamp",
					text((event) -> (event.timestamp() != null) ? event.timestamp().toString() : null), "position",
					text((event) -> (event.position() != null) ? event.position().value() : null), "partition",
					text((event) -> (event.position() != null) ? event.position().key() : null), "payload",
					(context) -> BinaryNode.valueOf(context.event().payload()), "index",
					(context) -> IntNode.valueOf(context.index())));

	private final String text;

	private final @Nullable JsonPointer pointer;

	private final boolean ofRoot;

	private final Function<RecordContext, @Nullable JsonNode> reader;

	private ValueSource(String text, @Nullable JsonPointer pointer, boolean ofRoot,
			Function<RecordContext, @Nullable JsonNode> reader) {
		this.text = text;
		this.pointer = pointer;
		this.ofRoot = ofRoot;
		this.reader = reader;
	}

	/**
	 * Understands the text of a source.
	 * @throws IllegalArgumentException if it is none; the message begins in lower case
	 */
	static ValueSource parse(String text) {
		if (text.startsWith(HEADER) && text.length() > HEADER.length()) {
			String name = text.substring(HEADER.length());
			return new ValueSource(text, null, false, text((event) -> event.headers().first(name)));
		}
		if (text.startsWith(METADATA)) {
			return new ValueSource(text, null, false, metadata(text.substring(METADATA.length())));
		}
		boolean ofRoot = text.startsWith(ROOT);
		JsonPointer pointer = pointer(ofRoot ? text.substring(ROOT.length()) : text);
		return new ValueSource(text, pointer, ofRoot, reader(pointer, ofRoot));
	}

	private static Function<RecordContext, @Nullable JsonNode> metadata(String name) {
		Function<RecordContext, @Nullable JsonNode> reader = METADATA_READERS.get(name);
		if (reader == null) {
			Collection<String> names = METADATA_READERS.keySet();
			Optional<String> closest = ClosestMatch.closest(name, names);
			throw new IllegalArgumentException("there is no metadata '" + name + "'"
					+ closest.map((known) -> ": did you mean '" + METADATA + known + "'?")
						.orElse("; there are " + String.join(", ", names)));
		}
		return reader;
	}

	/**
	 * Understands a JSON pointer.
	 * @throws IllegalArgumentException if it is none; the message begins in lower case
	 */
	static JsonPointer pointer(String text) {
		if (!text.isEmpty() && !text.startsWith("/")) {
			throw new IllegalArgumentException("it is not a JSON pointer such as '/" + text
					+ "', nor does it begin with 'root:', 'header:' or 'metadata:'");
		}
		return JsonPointer.compile(text);
	}

	private static Function<RecordContext, @Nullable JsonNode> reader(JsonPointer pointer, boolean ofRoot) {
		if (pointer.tail() != null && pointer.tail().matches() && !pointer.mayMatchElement()) {
			// the usual case, in one step
			String property = pointer.getMatchingProperty();
			return ofRoot ? (context) -> context.root().get(property) : (context) -> context.node().get(property);
		}
		return ofRoot ? (context) -> context.root().at(pointer) : (context) -> context.node().at(pointer);
	}

	private static Function<RecordContext, @Nullable JsonNode> text(Function<Event, @Nullable String> reader) {
		return (context) -> {
			String text = reader.apply(context.event());
			return (text != null) ? StringNode.valueOf(text) : null;
		};
	}

	private static String decoded(Event event) {
		String text = Utf8.decode(event.payload());
		if (text == null) {
			throw new IllegalArgumentException("metadata:text: The payload is not UTF-8");
		}
		return text;
	}

	/**
	 * Returns the value.
	 * @return the value, {@code null} or a missing node if there is none
	 */
	@Nullable JsonNode read(RecordContext context) {
		return this.reader.apply(context);
	}

	/**
	 * Returns where in the payload the value is.
	 * @return the pointer, or {@code null} if it is not in the payload
	 */
	@Nullable JsonPointer pointer() {
		return this.pointer;
	}

	/**
	 * Returns whether the pointer begins at the record even where elements of an array
	 * become rows.
	 */
	boolean isOfRoot() {
		return this.ofRoot;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
