package org.megaetl.connector.ethereum;

import java.util.List;

import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.test.ApplicationProcess;
import org.megaetl.transform.Retraction;
import org.megaetl.transform.Transformer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Follows notes, and keeps them as rows or as a total.
 */
@Configuration(proxyBeanMethods = false)
@Import(EthereumApplication.class)
public class NotesApplication {

	public static void main(String[] args) {
		ApplicationProcess.endWithParent();
		run(args);
	}

	static ConfigurableApplicationContext run(String... args) {
		return new SpringApplicationBuilder(NotesApplication.class).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(args);
	}

	@Bean("rows")
	NoteRows rows() {
		return new NoteRows();
	}

	@Bean("exhausted")
	ExhaustedRows exhausted() {
		return new ExhaustedRows();
	}

	@Bean("total")
	NoteTotal total() {
		return new NoteTotal();
	}

	@Bean("statuses")
	TransactionStatuses statuses() {
		return new TransactionStatuses();
	}

	/**
	 * Writes what becomes of each transaction, into a table that has no unique key.
	 */
	static final class TransactionStatuses implements Transformer {

		@Override
		public String initDdl() {
			return "CREATE TABLE IF NOT EXISTS transaction_status (arrival BIGINT NOT NULL AUTO_INCREMENT, "
					+ "hash CHAR(66), status VARCHAR(10), block_hash CHAR(66), KEY (arrival), KEY (block_hash))";
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			Transaction transaction = Transaction.of(event);
			return List.of(Row.insert("transaction_status")
				.set("hash", transaction.hash())
				.set("status", transaction.status())
				.set("block_hash", transaction.blockHash()));
		}

	}

	/**
	 * Writes each note as a row, into a table that has no unique key: what is written
	 * twice shows.
	 */
	static final class NoteRows implements Transformer {

		@Override
		public String initDdl() {
			return "CREATE TABLE IF NOT EXISTS note (arrival BIGINT NOT NULL AUTO_INCREMENT, block_hash CHAR(66), "
					+ "log_index INT, note VARCHAR(100), orphaned BOOLEAN NOT NULL DEFAULT FALSE, KEY (arrival), "
					+ "KEY (block_hash))";
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			Log log = Log.of(event);
			return List.of(Row.insert("note")
				.set("block_hash", log.blockHash())
				.set("log_index", log.logIndex())
				.set("note", log.text("note")));
		}

	}

	/**
	 * Writes rows likewise, but has not memory enough until it is given some.
	 */
	static final class ExhaustedRows implements Transformer {

		private final NoteRows rows = new NoteRows();

		private volatile boolean exhausted = true;

		void recover() {
			this.exhausted = false;
		}

		@Override
		public String initDdl() {
			return this.rows.initDdl();
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			if (this.exhausted && "heavy".equals(Log.of(event).text("note"))) {
				throw new OutOfMemoryError("for a test");
			}
			return this.rows.transform(event);
		}

	}

	/**
	 * Counts the notes of each text, which only a retraction can undo.
	 */
	static final class NoteTotal implements Transformer, Retraction {

		@Override
		public String initDdl() {
			return "CREATE TABLE IF NOT EXISTS note_total (note VARCHAR(100) PRIMARY KEY, total INT NOT NULL)";
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			return List
				.of(SqlStatement.of("INSERT INTO note_total VALUES (?, 1) ON DUPLICATE KEY UPDATE total = total + 1",
						Log.of(event).text("note")));
		}

		@Override
		public List<SqlStatement> retract(Event event) {
			return List.of(SqlStatement.of("UPDATE note_total SET total = total - 1 WHERE note = ?",
					Log.of(event).text("note")));
		}

	}

}
