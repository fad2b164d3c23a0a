package org.megaetl.connector.ethereum;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.regex.Pattern;

import org.megaetl.connector.ethereum.rpc.EndpointException;
import tools.jackson.databind.JsonNode;

/**
 * Quantities and data as JSON-RPC writes them: {@code 0x} and hexadecimal digits.
 */
final class Hex {

	private static final HexFormat HEX = HexFormat.of();

	/**
	 * No quantity has more than 256 bits; a node that errs may send any number of digits.
	 */
	private static final Pattern QUANTITY = Pattern.compile("0x[0-9a-fA-F]{1,64}");

	private Hex() {
	}

	static String quantity(long number) {
		return "0x" + Long.toHexString(number);
	}

	static long number(JsonNode node, String field) {
		BigInteger number = integer(node, field);
		if (number.bitLength() >= Long.SIZE) {
			throw new EndpointException("its '" + field + "' is beyond 64 bits: " + number);
		}
		return number.longValue();
	}

	static BigInteger integer(JsonNode node, String field) {
		String text = text(node, field);
		if (!QUANTITY.matcher(text).matches()) {
			throw unreadable(field, text);
		}
		return new BigInteger(text.substring(2), 16);
	}

	static String text(JsonNode node, String field) {
		JsonNode value = node.path(field);
		if (!value.isString()) {
			throw new EndpointException("its answer has no '" + field + "'");
		}
		return value.asString();
	}

	static byte[] bytes(String text) {
		try {
			return HEX.parseHex(text.startsWith("0x") ? text.substring(2) : text);
		}
		catch (IllegalArgumentException ex) {
			throw unreadable("data", text);
		}
	}

	static String of(byte[] bytes) {
		return "0x" + HEX.formatHex(bytes);
	}

	private static EndpointException unreadable(String field, String text) {
		return new EndpointException("its '" + field + "' is not hexadecimal: "
				+ ((text.length() > 80) ? text.substring(0, 80) + "…" : text));
	}

}
