package org.megaetl.connector.webhook;

import java.io.IOException;
import java.util.function.BiConsumer;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.EventOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a sender once: when its event is settled or when it has waited too long,
 * whichever is first. The answer is only put into the response's buffer by the calling
 * thread, which writes for many senders; a thread of the server sends it, and may block.
 */
final class PendingAnswer implements AsyncListener, BiConsumer<@Nullable EventOutcome, @Nullable Throwable> {

	private static final Logger logger = LoggerFactory.getLogger(PendingAnswer.class);

	private final AsyncContext context;

	private final HttpServletResponse response;

	private final Answer timedOut;

	private boolean answered;

	PendingAnswer(AsyncContext context, HttpServletResponse response, Answer timedOut) {
		this.context = context;
		this.response = response;
		this.timedOut = timedOut;
	}

	@Override
	public void accept(@Nullable EventOutcome outcome, @Nullable Throwable failure) {
		answer(Answer.of(outcome, failure));
	}

	// The lock is held until the context is completed: a timeout that comes at the same
	// moment must find it so, or the server would answer by itself
	private synchronized void answer(Answer answer) {
		if (this.answered) {
			return;
		}
		this.answered = true;
		try {
			answer.writeTo(this.response);
			this.context.complete();
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("A sender went away before it was answered", ex);
		}
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		answer(this.timedOut);
	}

	@Override
	public void onError(AsyncEvent event) {
		close();
	}

	@Override
	public void onComplete(AsyncEvent event) {
		close();
	}

	// The server uses the response for another request now
	private synchronized void close() {
		this.answered = true;
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

}
