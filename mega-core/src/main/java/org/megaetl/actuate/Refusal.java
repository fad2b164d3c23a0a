package org.megaetl.actuate;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * Tells an operator why a request is not carried out.
 */
final class Refusal {

	private Refusal() {
	}

	static InvalidEndpointRequestException of(String reason) {
		return new InvalidEndpointRequestException(reason, reason);
	}

	static InvalidEndpointRequestException of(RuntimeException failure) {
		return new InvalidEndpointRequestException(String.valueOf(failure.getMessage()), failure.getMessage(), failure);
	}

}
