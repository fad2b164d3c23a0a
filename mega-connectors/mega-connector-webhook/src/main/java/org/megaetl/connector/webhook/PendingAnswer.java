package org.megaetl.connector.webhook;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.EventOutcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a sender once: when its events are settled or when it has waited too long,
 * whichever is first. The answer is only put into the response's buffer by the calling
 * thread, which writes for many senders; a thread of the server sends it, and may block.
 */
final class PendingAnswer implements AsyncListener {

	private static final Logger logger = LoggerFactory.getLogger(PendingAnswer.class);

	private final AsyncContext context;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final Reply reply;

	private final @Nullable Lender lender;

	private final RefusalLog refusals;

	private boolean answered;

	PendingAnswer(AsyncContext context, HttpServletRequest request, HttpServletResponse response, Reply reply,
			@Nullable Lender lender, RefusalLog refusals) {
		this.context = context;
		this.request = request;
		this.response = response;
		this.reply = reply;
		this.lender = lender;
		this.refusals = refusals;
	}

	void settled(@Nullable List<EventOutcome> outcomes, @Nullable Throwable failure) {
		answer(this.reply.answer(outcomes, failure));
	}

	// The lock is held until the context is completed: a timeout that comes at the same
	// moment must find it so, or the server would answer by itself
	private synchronized void answer(Answer answer) {
		if (this.answered) {
			return;
		}
		this.answered = true;
		try {
			if (answer.status() >= 400) {
				this.refusals.refused(this.request, answer.status(), null);
			}
			answer.writeTo(this.response);
			if (this.lender != null) {
				this.lender.answer(this.context::complete);
			}
			else {
				this.context.complete();
			}
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("A sender went away before it was answered", ex);
		}
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		answer(this.reply.timedOut(Duration.ofMillis(this.context.getTimeout())));
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
