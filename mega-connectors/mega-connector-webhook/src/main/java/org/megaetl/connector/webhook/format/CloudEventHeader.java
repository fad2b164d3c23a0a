package org.megaetl.connector.webhook.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Undoes how CloudEvents' HTTP binding (1.0.2, 3.1.3.2) writes an attribute as the value
 * of a header, which the SDK leaves as it is.
 */
final class CloudEventHeader {

	private static final Pattern ENCODED = Pattern.compile("(?:%[0-9a-fA-F]{2})+");

	/** A percent sign that cannot be an encoded one of a URI. */
	private static final Pattern NOT_ENCODED = Pattern.compile("%(?!25[0-9a-fA-F]{2})");

	private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

	private CloudEventHeader() {
	}

	/**
	 * Returns the value of an attribute. A percent sign that encodes nothing stands for
	 * itself, as senders of older versions write it.
	 * @throws IllegalArgumentException if what is encoded is not UTF-8
	 */
	static String decode(String header) {
		return decodePercents(unquote(header));
	}

	private static String decodePercents(String value) {
		return (value.indexOf('%') < 0) ? value
				: ENCODED.matcher(value).replaceAll((found) -> Matcher.quoteReplacement(utf8(found.group())));
	}

	/**
	 * Returns the value of an attribute that is a URI. Of all that is to be encoded, a
	 * URI has percent signs only, each with two digits after it. Where there is another
	 * than the encoding of these, the sender has not encoded it: the SDK for Java does
	 * not.
	 */
	static String decodeUri(String header) {
		String value = unquote(header);
		return NOT_ENCODED.matcher(value).find() ? value : decodePercents(value);
	}

	private static String unquote(String header) {
		boolean quoted = header.length() > 1 && header.startsWith("\"") && header.endsWith("\"");
		return quoted ? ESCAPED.matcher(header.substring(1, header.length() - 1)).replaceAll("$1") : header;
	}

	private static String utf8(String encoded) {
		byte[] bytes = HexFormat.of().parseHex(encoded.replace("%", ""));
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("'" + encoded + "' in a header is not UTF-8", ex);
		}
	}

}
