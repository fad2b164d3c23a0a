package org.megaetl.tracing;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.micrometer.observation.Observation;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.TracingObservationHandler;

/**
 * Makes one span of a batch, with a link to the span of each sender: a batch has many
 * senders, so that none of them is its parent.
 */
class BatchTracingHandler implements TracingObservationHandler<BatchContext> {

	/** Version, trace, span and flags; what a later version adds is of no concern. */
	private static final Pattern TRACEPARENT = Pattern
		.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?");

	private final Tracer tracer;

	BatchTracingHandler(Tracer tracer) {
		this.tracer = tracer;
	}

	@Override
	public void onStart(BatchContext context) {
		Span.Builder span = this.tracer.spanBuilder();
		Span parent = getParentSpan(context);
		if (parent != null) {
			span.setParent(parent.context());
		}
		else {
			span.setNoParent();
		}
		for (String sender : context.senders()) {
			Matcher matcher = TRACEPARENT.matcher(sender);
			if (matcher.matches()) {
				span.addLink(new Link(context(matcher.group(1), matcher.group(2), matcher.group(3))));
			}
		}
		getTracingContext(context).setSpan(span.name(getSpanName(context)).start());
	}

	private TraceContext context(String trace, String span, String flags) {
		boolean sampled = (Integer.parseInt(flags, 16) & 1) != 0;
		return this.tracer.traceContextBuilder().traceId(trace).spanId(span).sampled(sampled).build();
	}

	@Override
	public void onStop(BatchContext context) {
		Span span = getRequiredSpan(context);
		span.name(getSpanName(context));
		tagSpan(context, span);
		endSpan(context, span);
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof BatchContext;
	}

	@Override
	public Tracer getTracer() {
		return this.tracer;
	}

}
