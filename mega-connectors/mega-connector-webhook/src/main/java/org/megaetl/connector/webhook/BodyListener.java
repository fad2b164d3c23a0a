package org.megaetl.connector.webhook;

import java.io.IOException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import org.megaetl.connector.webhook.InFlight.Ticket;

/**
 * Reads a body that takes its time, without a thread that waits for it. The request is
 * dispatched to its servlet again when the body is complete or never will be.
 */
final class BodyListener implements ReadListener, AsyncListener {

	private final AsyncContext context;

	private final ServletInputStream input;

	private final RequestBody body;

	private final Ticket ticket;

	private boolean done;

	BodyListener(AsyncContext context, ServletInputStream input, RequestBody body, Ticket ticket) {
		this.context = context;
		this.input = input;
		this.body = body;
		this.ticket = ticket;
	}

	@Override
	public void onDataAvailable() {
		try {
			while (this.input.isReady() && this.body.read(this.input)) {
				continue;
			}
		}
		catch (RefusedException ex) {
			finish(ex);
		}
		catch (IOException ex) {
			finish(new RefusedException(Answer.INCOMPLETE, "its body did not arrive whole"));
		}
	}

	@Override
	public void onAllDataRead() {
		if (this.body.isComplete()) {
			finish(this.body.toBytes());
		}
		else {
			finish(new RefusedException(Answer.FAILED, "a filter of this application has read its body"));
		}
	}

	// The server tells of it a second time, and only then lets itself be asked to
	// dispatch
	@Override
	public void onError(Throwable failure) {
	}

	@Override
	public void onError(AsyncEvent event) {
		finish(new RefusedException(Answer.INCOMPLETE, "its body did not arrive whole"));
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		finish(new RefusedException(Answer.REQUEST_TIMEOUT, "its body did not arrive in time"));
	}

	private synchronized void finish(Object result) {
		if (!this.done) {
			this.done = true;
			this.context.getRequest().setAttribute(WebhookServlet.BODY, result);
			this.context.dispatch();
		}
	}

	// Also where the connection is gone, so that nothing is dispatched any more
	@Override
	public void onComplete(AsyncEvent event) {
		this.ticket.release();
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
