package org.megaetl.connector.webhook.format;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * CloudEvents' JSON format, on Jackson 3: the SDK's module for it needs Jackson 2. The
 * SDK checks attributes and extensions.
 */
final class CloudEventJson {

	private CloudEventJson() {
	}

	/**
	 * Reads an event.
	 * @param text one JSON object
	 * @return the event; JSON data is the bytes it was written in
	 * @throws UnreadableBodyException if it is no CloudEvent
	 */
	static CloudEvent read(byte[] text) throws UnreadableBodyException {
		Map<String, Object> attributes = new LinkedHashMap<>();
		Data data = null;
		try (JsonParser parser = JsonText.parser(text)) {
			if (parser.nextToken() != JsonToken.START_OBJECT) {
				throw UnreadableBodyException.malformed("The CloudEvent is no JSON object.");
			}
			for (String name = parser.nextName(); name != null; name = parser.nextName()) {
				JsonToken token = parser.nextToken();
				if (name.equals("data") || name.equals("data_base64")) {
					if (data != null) {
						throw UnreadableBodyException.malformed("The CloudEvent has data twice.");
					}
					data = (token != JsonToken.VALUE_NULL) ? data(parser, text, name.equals("data_base64")) : null;
				}
				else if (token != JsonToken.VALUE_NULL) {
					attributes.put(name, attribute(parser, name));
				}
			}
			if (parser.nextToken() != null) {
				throw UnreadableBodyException.malformed("There is something after the end of the JSON text.");
			}
		}
		catch (JacksonException ex) {
			throw JsonText.malformed(ex);
		}
		return build(attributes, data);
	}

	private static Data data(JsonParser parser, byte[] text, boolean base64) throws UnreadableBodyException {
		JsonToken token = parser.currentToken();
		if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
			return new Data(JsonText.value(parser, text), null);
		}
		String value = parser.getString();
		if (!base64) {
			return new Data(value.getBytes(StandardCharsets.UTF_8), (token == JsonToken.VALUE_STRING) ? value : null);
		}
		try {
			return new Data(Base64.getDecoder().decode(value), null);
		}
		catch (IllegalArgumentException ex) {
			throw UnreadableBodyException.malformed("The CloudEvent's data_base64 is not in Base64.");
		}
	}

	private static Object attribute(JsonParser parser, String name) throws UnreadableBodyException {
		return switch (parser.currentToken()) {
			case VALUE_STRING -> parser.getString();
			case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
			case VALUE_NUMBER_INT -> parser.getIntValue();
			default -> throw UnreadableBodyException
				.malformed("The CloudEvent's attribute '" + name + "' is no string, integer or boolean.");
		};
	}

	private static CloudEvent build(Map<String, Object> attributes, @Nullable Data data)
			throws UnreadableBodyException {
		if (!(attributes.remove("specversion") instanceof String version)) {
			throw UnreadableBodyException.malformed("The CloudEvent has no specversion.");
		}
		try {
			SpecVersion specVersion = SpecVersion.parse(version);
			CloudEventBuilder builder = CloudEventBuilder.fromSpecVersion(specVersion);
			attributes.forEach((name, value) -> set(builder, specVersion, name, value));
			if (data != null) {
				builder.withData(data.bytes(attributes.get("datacontenttype")));
			}
			return builder.build();
		}
		catch (RuntimeException ex) {
			throw CloudEventReader.invalid(ex);
		}
	}

	private static void set(CloudEventBuilder builder, SpecVersion version, String name, Object value) {
		if (version.getAllAttributes().contains(name)) {
			builder.withContextAttribute(name, value.toString());
		}
		else if (value instanceof Boolean flag) {
			builder.withExtension(name, flag);
		}
		else if (value instanceof Integer number) {
			builder.withExtension(name, number);
		}
		else {
			builder.withExtension(name, value.toString());
		}
	}

	/**
	 * An event's data.
	 *
	 * @param content the bytes; of a string, those of its characters
	 * @param string the string, or {@code null} if it was none
	 */
	private record Data(byte[] content, @Nullable String string) {

		/**
		 * A string is text if the data is of another type than JSON, else it is a JSON
		 * text in quotes.
		 */
		byte[] bytes(@Nullable Object contentType) {
			return (this.string != null && isJson(contentType)) ? JsonMapper.shared().writeValueAsBytes(this.string)
					: this.content;
		}

		private static boolean isJson(@Nullable Object contentType) {
			if (contentType == null) {
				return true;
			}
			String mediaType = EventReader.mediaType(contentType.toString());
			return mediaType.endsWith("/json") || mediaType.endsWith("+json");
		}

	}

}
