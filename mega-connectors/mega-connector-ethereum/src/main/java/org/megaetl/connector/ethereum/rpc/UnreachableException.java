package org.megaetl.connector.ethereum.rpc;

/**
 * There is no connection to an endpoint.
 */
final class UnreachableException extends EndpointException {

	UnreachableException(String message) {
		super(message);
	}

}
