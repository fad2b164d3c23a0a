package org.megaetl.connector.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import org.jspecify.annotations.Nullable;

/**
 * Searches all keys again and again for those that match a pattern, a piece at a time, so
 * that Redis is never held up.
 */
final class KeyScan {

	private static final int PAGE = 1000;

	private final RedisSession session;

	private final ScanArgs args;

	private final Deque<String> found = new ArrayDeque<>();

	private @Nullable KeyScanCursor<String> cursor;

	private long matches;

	private long lastMatches;

	KeyScan(RedisSession session, String pattern) {
		this.session = session;
		this.args = ScanArgs.Builder.matches(pattern).limit(PAGE);
	}

	/**
	 * Returns the next names, sorted, without those that are claimed.
	 * @param count how many at most
	 * @return the names; fewer at the end of a search
	 */
	List<String> next(int count) {
		Set<String> names = new LinkedHashSet<>();
		do {
			if (this.found.isEmpty()) {
				search();
			}
			while (!this.found.isEmpty() && names.size() < count) {
				names.add(this.found.remove());
			}
		}
		while (names.size() < count && !isAtEnd());
		return names.stream().sorted().toList();
	}

	private void search() {
		KeyScanCursor<String> from = this.cursor;
		KeyScanCursor<String> to = (from != null) ? this.session.commands().scan(from, this.args)
				: this.session.commands().scan(this.args);
		for (String name : to.getKeys()) {
			if (!name.contains(ClaimSettings.INFIX)) {
				this.found.add(name);
				this.matches++;
			}
		}
		this.cursor = to.isFinished() ? null : to;
		if (to.isFinished()) {
			this.lastMatches = this.matches;
			this.matches = 0;
		}
	}

	/**
	 * Whether the next names are those of a new search.
	 */
	boolean isAtEnd() {
		return this.cursor == null && this.found.isEmpty();
	}

	/**
	 * How many keys matched in the last complete search, some perhaps counted twice.
	 */
	long matches() {
		return this.lastMatches;
	}

}
