package org.megaetl.test.audit;

import java.util.BitSet;
import java.util.List;

import javax.sql.DataSource;

import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Compares the rows with what was sent.
 */
final class AuditedRows {

	private final JdbcClient jdbc;

	AuditedRows(DataSource dataSource) {
		this.jdbc = JdbcClient.create(dataSource);
	}

	long count() {
		return this.jdbc.sql("SELECT COUNT(*) FROM audited").query(Long.class).single();
	}

	int deadLetters() {
		return this.jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter").query(Integer.class).single();
	}

	/**
	 * Whether the last event of each part is there: what comes before it has then been
	 * written or lost.
	 */
	boolean reached(List<String> sources, int parts, int last) {
		int found = this.jdbc
			.sql("SELECT COUNT(DISTINCT source, part) FROM audited WHERE number = :last AND source IN (:sources)")
			.param("last", last)
			.param("sources", sources)
			.query(Integer.class)
			.single();
		return found == sources.size() * parts;
	}

	Result audit(List<String> sources, int parts, int last) {
		long lost = 0;
		long doubled = 0;
		long displaced = 0;
		for (String source : sources) {
			for (int part = 0; part < parts; part++) {
				BitSet seen = new BitSet(last + 1);
				long[] counts = new long[3];
				this.jdbc.sql("SELECT number FROM audited WHERE source = ? AND part = ? ORDER BY arrival")
					.params(source, part)
					.query((RowCallbackHandler) (row) -> {
						int number = row.getInt(1);
						if (seen.get(number)) {
							counts[0]++;
						}
						else if (number < counts[2]) {
							counts[1]++;
						}
						seen.set(number);
						counts[2] = number;
					});
				lost += last - seen.cardinality();
				doubled += counts[0];
				displaced += counts[1];
			}
		}
		return new Result(count(), lost, doubled, displaced, deadLetters());
	}

	/**
	 * What was found.
	 *
	 * @param rows the number of rows
	 * @param lost how many events have no row
	 * @param doubled how many rows are one too many
	 * @param displaced how many rows came after a later one of their part
	 * @param deadLetters how many events became dead letters
	 */
	record Result(long rows, long lost, long doubled, long displaced, int deadLetters) {

	}

}
