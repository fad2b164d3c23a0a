package org.megaetl.sink;

import org.jspecify.annotations.Nullable;

/**
 * Decides what a failed write says about who is at fault. Beans of this type are asked in
 * their order, before what is built in; one that names a kind has the last word. For
 * codes that a database, proxy or trigger of one's own uses.
 */
@FunctionalInterface
public interface FailureClassifier {

	/**
	 * Classifies a failure. Must not throw.
	 * @param failure what was thrown while statements were written or committed, with its
	 * causes; never an {@link Error}, which is not a matter of one batch
	 * @return the kind, or {@code null} to leave the decision to the next one
	 */
	@Nullable FailureKind classify(Throwable failure);

}
