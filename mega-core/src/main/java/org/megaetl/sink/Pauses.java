package org.megaetl.sink;

import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps from trying again at once, with rows of a table, what was in vain: each time in a
 * row twice as often.
 */
final class Pauses {

	/** After the first time in vain. */
	static final int FIRST = 16;

	private static final int LONGEST = 256;

	private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

	private final int first;

	/**
	 * Creates pauses.
	 * @param first how many batches of a table are let pass after the first time in vain
	 */
	Pauses(int first) {
		this.first = first;
	}

	/**
	 * Returns whether the next batch is one to let pass.
	 */
	boolean isPaused(String table) {
		Pause current = this.pauses.get(table);
		if (current == null || current.left == 0) {
			return false;
		}
		this.pauses.computeIfPresent(table, (name, pause) -> new Pause(Math.max(0, pause.left - 1), pause.next));
		return true;
	}

	/**
	 * Notes what became of a try.
	 */
	void settled(String table, boolean succeeded) {
		if (succeeded) {
			this.pauses.computeIfPresent(table,
					(name, pause) -> (pause.left > 0) ? new Pause(pause.left, this.first) : null);
		}
		else {
			this.pauses.compute(table, (name, pause) -> Pause.of((pause != null) ? pause.next : this.first));
		}
	}

	/**
	 * Notes what a try failed with, so that the batch is tried again. A proxy refuses a
	 * statement that it does not know with the SQL state of a lost connection, which the
	 * pool then throws away: the next try must be another way, or each one would end so.
	 */
	void failed(String table, SQLException failure) {
		SqlFailure found = SqlFailure.of(failure);
		if (found != null && found.isConnectionLost()) {
			settled(table, false);
		}
	}

	/**
	 * The pause of a table.
	 *
	 * @param left how many batches are still let pass
	 * @param next how many are after the next time in vain
	 */
	private record Pause(int left, int next) {

		static Pause of(int length) {
			return new Pause(length, Math.min(LONGEST, 2 * length));
		}

	}

}
