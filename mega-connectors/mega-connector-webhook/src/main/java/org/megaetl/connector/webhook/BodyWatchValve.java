package org.megaetl.connector.webhook;

import java.io.IOException;
import java.util.function.LongSupplier;

import jakarta.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Lets a servlet ask how much of a body whose length was not announced the filters before
 * it have read: to the servlet, a body that was read and one that is empty look alike.
 */
final class BodyWatchValve extends ValveBase {

	BodyWatchValve() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		// not its number: a request with none in it comes this way to be refused
		if (request.getHeader("Content-Length") == null) {
			LongSupplier bytesRead = request.getCoyoteRequest()::getBytesRead;
			request.setAttribute(WebhookServlet.BYTES_READ, bytesRead);
		}
		getNext().invoke(request, response);
	}

}
