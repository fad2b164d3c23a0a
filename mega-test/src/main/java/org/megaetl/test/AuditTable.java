package org.megaetl.test;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import javax.sql.DataSource;

import org.megaetl.checkpoint.BatchToken;
import org.megaetl.checkpoint.CheckpointStore;
import org.megaetl.checkpoint.Claim;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.PipelineId;

import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What is in the database, as the contract looks at it.
 */
final class AuditTable {

	private final TestDatabase database;

	private final JdbcClient jdbc;

	AuditTable(TestDatabase database) {
		this.database = database;
		this.jdbc = JdbcClient.create(database.dataSource());
	}

	/**
	 * Forgets all events, positions and dead letters.
	 */
	void clear() {
		for (String table : tables()) {
			if (table.equals(AuditTransformer.TABLE) || (table.startsWith("mega_") && !table.endsWith("_history"))) {
				this.database.execute("DELETE FROM " + table);
			}
		}
	}

	private List<String> tables() {
		return this.jdbc.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
			.query((row, number) -> row.getString(1))
			.list();
	}

	void forgetEvents() {
		this.database.execute("DELETE FROM " + AuditTransformer.TABLE);
	}

	/**
	 * Returns the numbers of a key's events in the order in which they were written.
	 */
	List<Integer> numbers(int key) {
		return this.jdbc.sql("SELECT number FROM " + AuditTransformer.TABLE + " WHERE source_key = ? ORDER BY arrival")
			.param(key)
			.query((row, number) -> row.getInt(1))
			.list();
	}

	int count() {
		return this.jdbc.sql("SELECT COUNT(*) FROM " + AuditTransformer.TABLE).query(Integer.class).single();
	}

	List<Map<String, String>> deadLetters() {
		return this.jdbc
			.sql("SELECT l.reason, CONVERT(p.data USING utf8mb4) AS payload FROM mega_dead_letter l "
					+ "JOIN mega_dead_letter_payload p ON p.dead_letter_id = l.id ORDER BY l.id")
			.query((row, number) -> Map.of("reason", row.getString(1), "payload", row.getString(2)))
			.list();
	}

	/**
	 * Returns the stored positions of an application's only pipeline by the parts of its
	 * source.
	 */
	Map<String, String> positions(String namespace) {
		Map<String, String> positions = new LinkedHashMap<>();
		this.jdbc.sql("""
				SELECT CONVERT(position_key USING utf8mb4), position FROM mega_checkpoint
				WHERE namespace = ? AND position <> '' ORDER BY 1""")
			.param(namespace)
			.query((RowCallbackHandler) (row) -> positions.put(row.getString(1), row.getString(2)));
		return positions;
	}

	/**
	 * Sets stored positions, as an operator does.
	 */
	void reset(String namespace, Map<String, String> positions) {
		positions.forEach((key, position) -> this.jdbc
			.sql("UPDATE mega_checkpoint SET position = ? WHERE namespace = ? AND position_key = ?")
			.params(position, namespace, key)
			.update());
	}

	/**
	 * Does what another instance does that has been given a part of the source: takes it
	 * over, writes its events, and stores their position with them.
	 */
	void deliverElsewhere(PipelineId pipeline, String positionKey, String position, List<NumberedEvent> events) {
		DataSource dataSource = this.database.dataSource();
		CheckpointStore checkpoints = new CheckpointStore(dataSource, Clock.systemUTC());
		JdbcClient transactional = JdbcClient.create(dataSource);
		TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		Claim claim = Objects
			.requireNonNull(transactions.execute((status) -> checkpoints.claim(pipeline, positionKey, "")));
		transactions.executeWithoutResult((status) -> {
			List<String> lost = checkpoints.advance(pipeline, List.of(claim.advance(claim.position(), position)),
					BatchToken.random());
			if (!lost.isEmpty()) {
				throw new IllegalStateException("The part " + lost + " cannot be taken over");
			}
			events.forEach((event) -> transactional
				.sql("INSERT INTO " + AuditTransformer.TABLE + " (source_key, number, label) VALUES (?, ?, 'else')")
				.params(event.key(), event.number())
				.update());
		});
	}

}
