package org.megaetl.connector.webhook;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.megaetl.connector.webhook.InFlight.Ticket;
import org.megaetl.connector.webhook.auth.AuthScheme;
import org.megaetl.connector.webhook.format.ContentEncoding;
import org.megaetl.connector.webhook.format.PostedEvents;
import org.megaetl.connector.webhook.format.UnreadableBodyException;
import org.megaetl.event.Event;
import org.megaetl.event.EventHeaders;
import org.megaetl.pipeline.EventIntake;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the events posted to one path. While a body is on its way or an event waits for
 * its commit, no thread does.
 */
final class WebhookServlet extends HttpServlet {

	/** Where a body that took its time is, or why there is none. */
	static final String BODY = WebhookServlet.class.getName() + ".body";

	/** Tells how much of a body of unknown length was read already. */
	static final String BYTES_READ = WebhookServlet.class.getName() + ".bytesRead";

	private static final String TICKET = WebhookServlet.class.getName() + ".ticket";

	private static final Logger logger = LoggerFactory.getLogger(WebhookServlet.class);

	/** Headers are kept with dead letters, where credentials have no business. */
	private static final List<String> CREDENTIALS = List.of("Authorization", "Cookie", "Proxy-Authorization");

	private final WebhookInbound inbound;

	private final String source;

	private final int maxBodySize;

	private final long requestTimeout;

	private final long responseTimeout;

	private final InFlight inFlight;

	private final RefusalLog refusals;

	WebhookServlet(WebhookInbound inbound, WebhookConnectorProperties properties, InFlight inFlight) {
		this.inbound = inbound;
		this.source = inbound.pipeline().name().toString();
		this.maxBodySize = Math.toIntExact(properties.maxBodySize().toBytes());
		this.requestTimeout = properties.requestTimeout().toMillis();
		this.responseTimeout = properties.responseTimeout().toMillis();
		this.inFlight = inFlight;
		this.refusals = new RefusalLog(inbound.pipeline().name());
	}

	@Override
	protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
		Ticket ticket = (Ticket) request.getAttribute(TICKET);
		boolean pending = false;
		try {
			if (!"POST".equals(request.getMethod())) {
				answerEarly(request, response, otherMethod(request), null);
				return;
			}
			if (!request.isAsyncSupported()) {
				// or its event could be committed, and its sender be told that it is not
				throw new RefusedException(Answer.FAILED,
						"a filter of this application does not support asynchronous requests");
			}
			if (ticket == null) {
				ticket = this.inFlight.admit();
			}
			byte[] body = body(request, response, ticket);
			pending = (body == null) || !take(request, response, body, ticket);
		}
		catch (RefusedException ex) {
			answerEarly(request, response, ex.answer(), ex.getMessage());
		}
		finally {
			if (!pending && ticket != null) {
				ticket.release();
			}
		}
	}

	private Answer otherMethod(HttpServletRequest request) {
		String origin = request.getHeader("WebHook-Request-Origin");
		if ("OPTIONS".equals(request.getMethod()) && origin != null
				&& (this.inbound.origins().contains(origin) || this.inbound.origins().contains("*"))) {
			return Answer.allowed(origin);
		}
		return Answer.METHOD_NOT_ALLOWED;
	}

	/**
	 * Returns the body, or {@code null} if it is still on its way: the request is
	 * dispatched here again when it is there.
	 */
	private byte @Nullable [] body(HttpServletRequest request, HttpServletResponse response, Ticket ticket)
			throws IOException, RefusedException {
		Object read = request.getAttribute(BODY);
		if (read instanceof RefusedException refused) {
			throw refused;
		}
		if (read instanceof byte[] bytes) {
			return bytes;
		}
		RequestBody body = new RequestBody(request.getContentLengthLong(), isTaken(request), this.maxBodySize, ticket);
		ServletInputStream input = request.getInputStream();
		if (!isHttp1(request) && !input.isFinished()) {
			ticket.growByHttp2Buffers();
		}
		try {
			if (body.readWhatIsThere(input)) {
				return body.toBytes();
			}
		}
		catch (EOFException ex) {
			throw new RefusedException(Answer.INCOMPLETE, ex.getMessage());
		}
		request.setAttribute(TICKET, ticket);
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(this.requestTimeout);
		BodyListener listener = new BodyListener(context, input, body, ticket);
		context.addListener(listener);
		input.setReadListener(listener);
		return null;
	}

	private static boolean isTaken(HttpServletRequest request) {
		return request.getAttribute(BYTES_READ) instanceof LongSupplier bytesRead && bytesRead.getAsLong() > 0;
	}

	/**
	 * Does all that is to be done with a request whose body is there, in this order.
	 * @return whether it is answered already
	 */
	private boolean take(HttpServletRequest request, HttpServletResponse response, byte[] body, Ticket ticket)
			throws IOException, RefusedException {
		authenticate(request, body);
		this.inbound.rateLimit().check(request.getRemoteAddr());
		byte[] content = decompress(request, body, ticket);
		if (this.inbound.scheme() == AuthScheme.SLACK && SlackHandshake.isQuestion(content)) {
			answer(request, response, SlackHandshake.answer(content), null);
			return true;
		}
		PostedEvents posted = read(request, content);
		if (posted.events().isEmpty()) {
			answer(request, response, Answer.of(List.of()), null);
			return true;
		}
		Reply reply = new Reply(posted, this.inbound.compareBodies());
		Lender lender = Lender.current();
		CompletableFuture<List<EventOutcome>> outcomes = submit(posted.events(), lender);
		if (outcomes.isDone()) {
			answer(request, response, outcomes.handle(reply::answer).join(), null);
			return true;
		}
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(this.responseTimeout);
		PendingAnswer pending = new PendingAnswer(context, request, response, reply, lender, this.refusals);
		context.addListener(pending);
		CompletableFuture<?> unused = outcomes.whenComplete((settled, failure) -> {
			ticket.release();
			pending.settled(settled, failure);
		});
		return false;
	}

	private void authenticate(HttpServletRequest request, byte[] body) throws RefusedException {
		String reason = this.inbound.authenticator().check(request::getHeader, body);
		if (reason != null) {
			throw new RefusedException(Answer.unauthenticated(this.inbound.authenticator().challenge()), reason);
		}
	}

	private byte[] decompress(HttpServletRequest request, byte[] body, Ticket ticket) throws RefusedException {
		if (request.getHeader("Content-Encoding") == null) {
			return body;
		}
		try {
			// several of them are one list
			String encoding = String.join(",", Collections.list(request.getHeaders("Content-Encoding")));
			return ContentEncoding.decode(encoding, body, this.maxBodySize, ticket::grow);
		}
		catch (UnreadableBodyException ex) {
			throw unreadable(ex);
		}
	}

	private PostedEvents read(HttpServletRequest request, byte[] content) throws RefusedException {
		try {
			return this.inbound.reader().read(request.getContentType(), headers(request), content);
		}
		catch (UnreadableBodyException ex) {
			throw unreadable(ex);
		}
	}

	private static RefusedException unreadable(UnreadableBodyException failure) {
		return new RefusedException(Answer.unreadable(failure), "its body cannot be read");
	}

	private CompletableFuture<List<EventOutcome>> submit(List<Event> events, @Nullable Lender lender) {
		EventIntake pipeline = this.inbound.pipeline();
		try {
			return (lender != null) ? pipeline.submit(events, lender) : pipeline.submit(events);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return CompletableFuture.failedFuture(new PipelineUnavailableException("the server is stopping", ex));
		}
		catch (RuntimeException ex) {
			try (PipelineLog log = PipelineLog.of(pipeline.name())) {
				logger.error("An event of pipeline '{}' failed in an unforeseen way", this.source, ex);
			}
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Answers a request whose body may still be on its way. The server would wait for the
	 * rest of it with this thread, unless the request is one that HTTP/2 carries or that
	 * was dispatched here.
	 */
	private void answerEarly(HttpServletRequest request, HttpServletResponse response, Answer answer,
			@Nullable String reason) throws IOException {
		answer(request, response, answer, reason);
		ServletInputStream input = request.getInputStream();
		if (input.isFinished() || request.getDispatcherType() == DispatcherType.ASYNC || !isHttp1(request)
				|| !request.isAsyncSupported()) {
			return;
		}
		// or what is left of the body after all would be waited for
		response.setHeader("Connection", "close");
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(this.requestTimeout);
		UnwantedBody rest = new UnwantedBody(context, input);
		context.addListener(rest);
		input.setReadListener(rest);
	}

	private static boolean isHttp1(HttpServletRequest request) {
		return request.getProtocol().startsWith("HTTP/1.");
	}

	private void answer(HttpServletRequest request, HttpServletResponse response, Answer answer,
			@Nullable String reason) throws IOException {
		if (answer.status() >= 400) {
			this.refusals.refused(request, answer.status(), reason);
		}
		answer.writeTo(response);
	}

	private static EventHeaders headers(HttpServletRequest request) {
		List<String> pairs = new ArrayList<>(16);
		Enumeration<String> names = request.getHeaderNames();
		while (names.hasMoreElements()) {
			String name = names.nextElement();
			if (isCredential(name)) {
				continue;
			}
			Enumeration<String> values = request.getHeaders(name);
			while (values.hasMoreElements()) {
				pairs.add(name);
				pairs.add(values.nextElement());
			}
		}
		return EventHeaders.of(pairs.toArray(String[]::new));
	}

	private static boolean isCredential(String header) {
		for (String credential : CREDENTIALS) {
			if (credential.equalsIgnoreCase(header)) {
				return true;
			}
		}
		return false;
	}

}
