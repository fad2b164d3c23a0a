package org.megaetl.sink;

public enum FailureKind {

	TRANSIENT, OPERATOR, PERMANENT, TOO_LARGE, UNKNOWN

}
