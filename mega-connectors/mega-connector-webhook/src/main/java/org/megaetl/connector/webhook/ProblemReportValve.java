package org.megaetl.connector.webhook;

import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpStatus;

/**
 * Tells senders what Tomcat itself refuses, such as a malformed request line, as a
 * problem (RFC 9457) where Tomcat would send HTML.
 */
final class ProblemReportValve extends ErrorReportValve {

	private static final Logger logger = LoggerFactory.getLogger(ProblemReportValve.class);

	@Override
	protected void report(Request request, Response response, @Nullable Throwable throwable) {
		int status = response.getStatus();
		if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
			return;
		}
		AtomicBoolean writable = new AtomicBoolean();
		response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, writable);
		HttpStatus known = HttpStatus.resolve(status);
		if (!writable.get() || known == null) {
			return;
		}
		try {
			response.setContentType("application/problem+json");
			Writer writer = response.getReporter();
			if (writer != null) {
				// nothing in it needs to be escaped
				writer.write("{\"type\":\"about:blank\",\"title\":\"" + known.getReasonPhrase() + "\",\"status\":"
						+ status + "}");
				response.finishResponse();
			}
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("A sender went away before it was told {}", status, ex);
		}
	}

}
