package org.megaetl.test.audit;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

/**
 * Changes a row that other pipelines change as well, each a column of its own, and leaves
 * a row that tells how often.
 */
final class SharedRowsTransformer implements Transformer {

	static final int ROWS = 200;

	@Override
	public String initDdl() {
		return "CREATE TABLE IF NOT EXISTS shared (id INT PRIMARY KEY, forwards INT, backwards INT)";
	}

	@Override
	public List<SqlStatement> transform(Event event) {
		String[] parts = event.text().split(":");
		int number = Integer.parseInt(parts[1]);
		boolean backwards = event.source().endsWith("backwards");
		int id = number % ROWS;
		return List.of(
				Row.insert("audited")
					.set("source", event.source())
					.set("part", Integer.valueOf(parts[0]))
					.set("number", number)
					.set("label", "good"),
				Row.upsert("shared")
					.key("id", backwards ? ROWS - 1 - id : id)
					.set(backwards ? "backwards" : "forwards", number));
	}

}
