package org.megaetl.benchmarks.systems;

import java.nio.charset.StandardCharsets;
import java.util.List;

import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.json.JsonMapper;

/**
 * Events of any size that are written whole.
 */
public final class Documents {

	/** The DDL of the table. */
	public static final String TABLE = "CREATE TABLE documents (id INT, body MEDIUMTEXT)";

	private static final String TEXT = "Quick wafting zephyrs vex bold Jim. ";

	private static final JsonMapper mapper = JsonMapper.builder().build();

	private Documents() {
	}

	/**
	 * Returns a document as a sender writes it.
	 * @param id its number
	 * @param size its length in bytes
	 * @return the document in JSON
	 */
	public static byte[] json(int id, int size) {
		String head = "{\"id\":" + id + ",\"body\":\"";
		int length = size - head.length() - 2;
		return (head + TEXT.repeat(length / TEXT.length() + 1).substring(0, length) + "\"}")
			.getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Returns the length of what is between the quotes.
	 * @param id the document's number
	 * @param size its length in bytes
	 * @return the length in bytes
	 */
	public static int bodyLength(int id, int size) {
		return size - "{\"id\":,\"body\":\"\"}".length() - String.valueOf(id).length();
	}

	static Transformer transformer() {
		return (event) -> {
			Document document = mapper.readValue(event.payload(), Document.class);
			return List.of(Row.insert("documents").set("id", document.id()).set("body", document.body()));
		};
	}

	record Document(int id, String body) {

	}

}
