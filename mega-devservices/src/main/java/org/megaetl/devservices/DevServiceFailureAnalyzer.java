package org.megaetl.devservices;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports a {@link DevServiceException} without a stack trace.
 */
class DevServiceFailureAnalyzer extends AbstractFailureAnalyzer<DevServiceException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, DevServiceException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.getAction(), cause);
	}

}
