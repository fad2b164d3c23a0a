package org.megaetl.sink;

import java.util.Collection;
import java.util.List;

/**
 * The classifier that the engine asks: the application's own ones in their order, then
 * what is known of MySQL, MariaDB and TiDB.
 */
public final class FailureClassifiers {

	private final List<FailureClassifier> own;

	private final SqlFailureClassifier builtIn = new SqlFailureClassifier();

	/**
	 * Creates the classifier.
	 * @param own the application's own classifiers, in order; may be empty
	 */
	public FailureClassifiers(Collection<? extends FailureClassifier> own) {
		this.own = List.copyOf(own);
	}

	/**
	 * Classifies a failure.
	 * @param failure what was thrown while statements were written or committed; an
	 * {@link Error} such as {@link OutOfMemoryError} is the caller's to rethrow
	 * @return the kind, {@link FailureKind#UNKNOWN} where nobody knows
	 */
	public FailureKind classify(Throwable failure) {
		for (FailureClassifier classifier : this.own) {
			FailureKind kind = classifier.classify(failure);
			if (kind != null) {
				return kind;
			}
		}
		return this.builtIn.classify(failure);
	}

}
