package org.megaetl.connector.ethereum;

import com.esaulpaugh.headlong.abi.Event;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads an event's signature as Solidity writes it:
 * {@code Transfer(address indexed from, address indexed to, uint256 value)}. What comes
 * out is the ABI's JSON, which is then parsed as that is.
 */
final class EventSignature {

	private final String text;

	private int at;

	private EventSignature(String text) {
		this.text = text;
	}

	/**
	 * Parses a signature.
	 * @throws IllegalArgumentException if it is none
	 */
	static Event<?> parse(String signature) {
		String text = signature.strip().replaceFirst("^event\\s+", "").replaceFirst(";$", "").strip();
		boolean anonymous = text.endsWith(" anonymous");
		text = anonymous ? text.substring(0, text.length() - " anonymous".length()).strip() : text;
		int open = text.indexOf('(');
		if (open < 1 || !text.substring(0, open).matches("[A-Za-z_$][\\w$]*")) {
			throw new IllegalArgumentException("there is no name before the parenthesis");
		}
		EventSignature parser = new EventSignature(text);
		parser.at = open;
		ObjectNode event = JsonMapper.shared().createObjectNode();
		event.put("type", "event").put("name", text.substring(0, open)).put("anonymous", anonymous);
		event.set("inputs", parser.parameters());
		if (parser.at != text.length()) {
			throw new IllegalArgumentException("'" + text.substring(parser.at) + "' follows the parameters");
		}
		return Event.fromJson(event.toString());
	}

	/**
	 * Reads parameters with the parentheses around them.
	 */
	private ArrayNode parameters() {
		ArrayNode parameters = JsonMapper.shared().createArrayNode();
		expect('(');
		while (peek() != ')') {
			if (!parameters.isEmpty()) {
				expect(',');
			}
			parameters.add(parameter());
		}
		expect(')');
		return parameters;
	}

	private ObjectNode parameter() {
		ObjectNode parameter = JsonMapper.shared().createObjectNode();
		String type = word();
		if ((type.isEmpty() || type.equals("tuple")) && peek() == '(') {
			parameter.set("components", parameters());
			type = "tuple" + dimensions();
		}
		if (type.isEmpty()) {
			throw new IllegalArgumentException("there is no type before '" + this.text.substring(this.at) + "'");
		}
		String name = word();
		boolean indexed = name.equals("indexed");
		parameter.put("type", type).put("indexed", indexed).put("name", indexed ? word() : name);
		return parameter;
	}

	/**
	 * Reads what makes an array of a tuple.
	 */
	private String dimensions() {
		int start = this.at;
		while (this.at < this.text.length() && "[]0123456789".indexOf(this.text.charAt(this.at)) >= 0) {
			this.at++;
		}
		return this.text.substring(start, this.at);
	}

	private String word() {
		peek();
		int start = this.at;
		while (this.at < this.text.length() && " \t\n,()".indexOf(this.text.charAt(this.at)) < 0) {
			this.at++;
		}
		return this.text.substring(start, this.at);
	}

	private char peek() {
		while (this.at < this.text.length() && Character.isWhitespace(this.text.charAt(this.at))) {
			this.at++;
		}
		return (this.at < this.text.length()) ? this.text.charAt(this.at) : 0;
	}

	private void expect(char expected) {
		if (peek() != expected) {
			throw new IllegalArgumentException("there is no '" + expected + "' where one is expected, before '"
					+ this.text.substring(this.at) + "'");
		}
		this.at++;
	}

}
