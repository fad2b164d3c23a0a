package org.megaetl.pipeline;

import java.nio.charset.StandardCharsets;
import java.sql.Statement;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.megaetl.event.Event;
import org.megaetl.transform.DirectTransformer;

/**
 * Pipelines whose transformers end the transaction of their batch, without saying so.
 */
abstract class LostTransactionRuns extends DeliveryRuns {

	static Event identified(String payload) {
		return Event.from("test.push", payload.getBytes(StandardCharsets.UTF_8)).id(payload).build();
	}

	/**
	 * Returns a transformer that does something before it writes an event.
	 */
	static DirectTransformer direct(BeforeWriting before) {
		return (event, connection) -> {
			try (Statement statement = connection.createStatement()) {
				before.accept(event.text(), statement);
				statement.execute("INSERT INTO item VALUES ('" + event.text() + "')");
			}
		};
	}

	static <T> T elsewhere(Callable<T> work) throws Exception {
		FutureTask<T> task = new FutureTask<>(work);
		new Thread(task).start();
		return task.get(20, TimeUnit.SECONDS);
	}

	static String position() {
		return jdbc.sql("SELECT position FROM mega_checkpoint WHERE position_key = 'a'").query(String.class).single();
	}

	/**
	 * What a transformer does before it writes an event.
	 */
	interface BeforeWriting {

		void accept(String event, Statement statement) throws Exception;

	}

}
