package org.megaetl.test.audit;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.test.NumberedEvent;
import org.megaetl.transform.Transformer;

/**
 * Writes lines into a table that forgives nothing.
 */
final class AuditedTransformer implements Transformer {

	@Override
	public String initDdl() {
		return "CREATE TABLE IF NOT EXISTS audited (arrival BIGINT NOT NULL AUTO_INCREMENT, "
				+ "source VARCHAR(40) NOT NULL, part INT NOT NULL, number INT NOT NULL, label VARCHAR(4), KEY (arrival))";
	}

	@Override
	public List<SqlStatement> transform(Event event) {
		MarkedTransactions.eventOfThisThread();
		String[] parts = event.text().split(":");
		boolean good = parts[2].equals(NumberedEvent.Kind.GOOD.name());
		return List.of(Row.insert("audited")
			.set("source", event.source())
			.set("part", Integer.valueOf(parts[0]))
			.set("number", Integer.valueOf(parts[1]))
			.set("label", good ? "good" : "longer than the column"));
	}

}
