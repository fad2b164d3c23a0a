package org.megaetl.connector.webhook;

import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PushPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the events posted to one path. The body is bytes, whatever its content type says.
 * While an event waits for its commit, no thread does.
 */
final class WebhookServlet extends HttpServlet {

	private static final Logger logger = LoggerFactory.getLogger(WebhookServlet.class);

	private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

	/** Headers are kept with dead letters, where credentials have no business. */
	private static final Set<String> CREDENTIALS = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

	static {
		Collections.addAll(CREDENTIALS, "Authorization", "Cookie", "Proxy-Authorization");
	}

	private final PushPipeline pipeline;

	private final String source;

	private final int maxBodySize;

	private final long responseTimeout;

	private final Answer tooLarge;

	private final Answer timedOut;

	WebhookServlet(PushPipeline pipeline, int maxBodySize, Duration responseTimeout) {
		this.pipeline = pipeline;
		this.source = pipeline.name().toString();
		this.maxBodySize = maxBodySize;
		this.responseTimeout = responseTimeout.toMillis();
		this.tooLarge = Answer.tooLarge(maxBodySize);
		this.timedOut = Answer.timedOut(responseTimeout, RETRY_AFTER);
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!"POST".equals(request.getMethod())) {
			Answer.METHOD_NOT_ALLOWED.writeTo(response);
			return;
		}
		byte[] body = readBody(request);
		if (body == null) {
			this.tooLarge.writeTo(response);
			return;
		}
		CompletableFuture<EventOutcome> outcome = submit(body, request);
		if (outcome.isDone()) {
			outcome.handle(Answer::of).join().writeTo(response);
			return;
		}
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(this.responseTimeout);
		PendingAnswer pending = new PendingAnswer(context, response, this.timedOut);
		context.addListener(pending);
		CompletableFuture<?> unused = outcome.whenComplete(pending);
	}

	private byte @Nullable [] readBody(HttpServletRequest request) throws IOException {
		long length = request.getContentLengthLong();
		if (length > this.maxBodySize) {
			return null;
		}
		// takes memory as bytes arrive, not as they are announced
		byte[] body = request.getInputStream().readNBytes((length >= 0) ? (int) length : this.maxBodySize + 1);
		if (body.length < length) {
			throw new EOFException(body.length + " of " + length + " bytes arrived");
		}
		return (body.length <= this.maxBodySize) ? body : null;
	}

	private CompletableFuture<EventOutcome> submit(byte[] body, HttpServletRequest request) {
		try {
			return this.pipeline.submit(Event.from(this.source, body).headers(headers(request)).build());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return CompletableFuture
				.failedFuture(new PipelineUnavailableException("the server is stopping", RETRY_AFTER, ex));
		}
		catch (RuntimeException ex) {
			logger.error("An event of pipeline '{}' failed in an unforeseen way", this.source, ex);
			return CompletableFuture.failedFuture(ex);
		}
	}

	private static EventHeaders headers(HttpServletRequest request) {
		List<String> pairs = new ArrayList<>(16);
		for (String name : Collections.list(request.getHeaderNames())) {
			if (!CREDENTIALS.contains(name)) {
				for (String value : Collections.list(request.getHeaders(name))) {
					pairs.add(name);
					pairs.add(value);
				}
			}
		}
		return EventHeaders.of(pairs.toArray(String[]::new));
	}

}
