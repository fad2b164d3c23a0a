package org.megaetl.sink;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A failure, its causes, and the further exceptions of each {@link SQLException},
 * outermost first. Suppressed exceptions are not part of it: they come from cleaning up
 * after the failure and would speak of another one.
 */
public final class FailureChain {

	private static final int MAX_LENGTH = 100;

	private final List<Throwable> failures = new ArrayList<>();

	private FailureChain() {
	}

	/**
	 * Follows a failure.
	 * @param failure the failure
	 * @return it and what is behind it
	 */
	public static FailureChain of(Throwable failure) {
		FailureChain chain = new FailureChain();
		chain.add(failure, Collections.newSetFromMap(new IdentityHashMap<>()));
		return chain;
	}

	private void add(@Nullable Throwable failure, Set<Throwable> seen) {
		if (failure == null || this.failures.size() == MAX_LENGTH || !seen.add(failure)) {
			return;
		}
		this.failures.add(failure);
		add(failure.getCause(), seen);
		if (failure instanceof SQLException sql) {
			add(sql.getNextException(), seen);
		}
	}

	/**
	 * Returns the failures, outermost first.
	 * @return the failures
	 */
	public Stream<Throwable> failures() {
		return this.failures.stream();
	}

	List<SQLException> sqlExceptions() {
		return this.failures.stream().filter(SQLException.class::isInstance).map(SQLException.class::cast).toList();
	}

}
