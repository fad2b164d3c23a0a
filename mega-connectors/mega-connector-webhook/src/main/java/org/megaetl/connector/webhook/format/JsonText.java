package org.megaetl.connector.webhook.format;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.format.UnreadableBodyException.Kind;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.JsonPointerBasedFilter;
import tools.jackson.core.filter.TokenFilter.Inclusion;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON token by token, and takes parts of it as the bytes they are.
 */
public final class JsonText {

	private static final JsonFactory factory = new JsonFactory();

	private JsonText() {
	}

	/**
	 * Returns a parser of a text in UTF-8.
	 */
	static JsonParser parser(byte[] text) {
		return factory.createParser(ObjectReadContext.empty(), text);
	}

	/**
	 * Returns the scalar at a place in a text. What follows it is not read.
	 * @param text the text
	 * @param pointer the place
	 * @return the string or number, or {@code null} if there is none at that place
	 * @throws UnreadableBodyException if the text up to there is no JSON
	 */
	public static @Nullable String scalar(byte[] text, JsonPointer pointer) throws UnreadableBodyException {
		try (JsonParser parser = new FilteringParserDelegate(parser(text), new JsonPointerBasedFilter(pointer),
				Inclusion.ONLY_INCLUDE_ALL, false)) {
			JsonToken token = parser.nextToken();
			boolean scalar = token == JsonToken.VALUE_STRING || (token != null && token.isNumeric());
			return scalar ? parser.getString() : null;
		}
		catch (JacksonException ex) {
			throw malformed(ex);
		}
	}

	/**
	 * Takes an array of objects apart.
	 * @param text an array, or an object that stands for itself
	 * @param maxItems the most objects there may be
	 * @return the bytes of each object
	 * @throws UnreadableBodyException if it is neither, or has too many objects
	 */
	static List<byte[]> objects(byte[] text, int maxItems) throws UnreadableBodyException {
		return items(text, maxItems, true);
	}

	/**
	 * Takes an array of anything apart, likewise.
	 */
	static List<byte[]> elements(byte[] text, int maxItems) throws UnreadableBodyException {
		return items(text, maxItems, false);
	}

	private static List<byte[]> items(byte[] text, int maxItems, boolean objects) throws UnreadableBodyException {
		List<byte[]> items = new ArrayList<>();
		try (JsonParser parser = parser(text)) {
			JsonToken first = parser.nextToken();
			if (first == JsonToken.START_OBJECT) {
				items.add(value(parser, text));
			}
			else if (first != JsonToken.START_ARRAY) {
				throw UnreadableBodyException.malformed("The body is no JSON array.");
			}
			else {
				addItems(parser, text, items, maxItems, objects);
			}
			if (parser.nextToken() != null) {
				throw UnreadableBodyException.malformed("There is something after the end of the JSON text.");
			}
		}
		catch (JacksonException ex) {
			throw malformed(ex);
		}
		return items;
	}

	private static void addItems(JsonParser parser, byte[] text, List<byte[]> items, int maxItems, boolean objects)
			throws UnreadableBodyException {
		for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
			if (objects && token != JsonToken.START_OBJECT) {
				throw UnreadableBodyException.malformed("The element " + items.size() + " of the array is no object.");
			}
			checkCount(items.size() + 1, maxItems);
			items.add(value(parser, text));
		}
	}

	static void checkCount(int count, int maxItems) throws UnreadableBodyException {
		if (count > maxItems) {
			throw new UnreadableBodyException(Kind.TOO_LARGE, "A request may have " + maxItems + " events at most.");
		}
	}

	/**
	 * Returns the bytes of the value that the parser is at the start of.
	 */
	static byte[] value(JsonParser parser, byte[] text) throws UnreadableBodyException {
		int start = (int) parser.currentTokenLocation().getByteOffset();
		boolean struct = parser.currentToken().isStructStart();
		parser.skipChildren();
		parser.finishToken();
		int end = (int) parser.currentLocation().getByteOffset();
		// other encodings that JSON once had have no offsets in bytes
		if (start < 0 || end > text.length || (struct && text[start] != '{' && text[start] != '[')) {
			throw UnreadableBodyException.malformed("The body is not in UTF-8.");
		}
		return Arrays.copyOfRange(text, start, end);
	}

	static UnreadableBodyException malformed(JacksonException failure) {
		return UnreadableBodyException.malformed("The body is no valid JSON: " + failure.getOriginalMessage() + ".");
	}

}
