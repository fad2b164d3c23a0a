package org.megaetl.connector.webhook;

import java.io.IOException;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

/**
 * Lets the rest of a body pass by whose request is refused already, without a thread that
 * waits for it: a sender that is cut off while it sends may not see its answer.
 */
final class UnwantedBody implements ReadListener, AsyncListener {

	/** Whoever sends more is cut off. */
	private static final int MAX_SIZE = 2 * 1024 * 1024;

	private final AsyncContext context;

	private final ServletInputStream input;

	private int size;

	private boolean done;

	UnwantedBody(AsyncContext context, ServletInputStream input) {
		this.context = context;
		this.input = input;
	}

	@Override
	public void onDataAvailable() throws IOException {
		byte[] bytes = new byte[8192];
		while (this.size <= MAX_SIZE && this.input.isReady()) {
			this.size += Math.max(0, this.input.read(bytes));
		}
		if (this.size > MAX_SIZE) {
			finish();
		}
	}

	@Override
	public void onAllDataRead() {
		finish();
	}

	// The server tells of it a second time, and only then lets itself be asked to
	// complete
	@Override
	public void onError(Throwable failure) {
	}

	@Override
	public void onError(AsyncEvent event) {
		finish();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		finish();
	}

	private synchronized void finish() {
		if (!this.done) {
			this.done = true;
			this.context.complete();
		}
	}

	@Override
	public synchronized void onComplete(AsyncEvent event) {
		this.done = true;
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
