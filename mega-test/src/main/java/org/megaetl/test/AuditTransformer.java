package org.megaetl.test;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

/**
 * Writes each event as a row of a table that forgives nothing: there is no unique key, so
 * that an event written twice shows.
 */
class AuditTransformer implements Transformer {

	static final String TABLE = "contract_audit";

	private static final String TOO_LONG = "longer than the column";

	private final FaultPoints faults;

	private final AtomicInteger seen = new AtomicInteger();

	AuditTransformer(FaultPoints faults) {
		this.faults = faults;
	}

	@Override
	public String initDdl() {
		return "CREATE TABLE IF NOT EXISTS " + TABLE + " (arrival BIGINT NOT NULL AUTO_INCREMENT, "
				+ "source_key INT NOT NULL, number INT NOT NULL, label VARCHAR(4) NOT NULL, KEY (arrival))";
	}

	@Override
	public List<SqlStatement> transform(Event event) throws InterruptedException {
		this.faults.pass(FaultPoint.TRANSFORM);
		this.seen.incrementAndGet();
		NumberedEvent numbered = NumberedEvent.parse(event.text());
		if (numbered.kind() == NumberedEvent.Kind.REFUSED_BY_TRANSFORMER) {
			throw new IllegalArgumentException("refused, as the test asks for");
		}
		boolean good = numbered.kind() == NumberedEvent.Kind.GOOD;
		return List.of(Row.insert(TABLE)
			.set("source_key", numbered.key())
			.set("number", numbered.number())
			.set("label", good ? "good" : TOO_LONG));
	}

	/**
	 * Returns how many events have come by in this application, those that came again
	 * included.
	 */
	int seen() {
		return this.seen.get();
	}

}
