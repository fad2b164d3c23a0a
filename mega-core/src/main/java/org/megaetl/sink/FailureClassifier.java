package org.megaetl.sink;

public interface FailureClassifier {

	FailureKind classify(Throwable failure);

}
