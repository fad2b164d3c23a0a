package org.megaetl.connector.webhook;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineLog;
import org.megaetl.pipeline.PipelineName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a line for a request that is refused, but not more than one a second for an
 * inbound and a status: whoever sends nonsense must not fill the disk.
 */
final class RefusalLog {

	private static final Logger logger = LoggerFactory.getLogger(RefusalLog.class);

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

	private final PipelineName pipeline;

	private final Map<Integer, Sample> samples = new ConcurrentHashMap<>();

	RefusalLog(PipelineName pipeline) {
		this.pipeline = pipeline;
	}

	void refused(HttpServletRequest request, int status, @Nullable String reason) {
		if (!logger.isInfoEnabled()) {
			return;
		}
		long unlogged = this.samples.computeIfAbsent(status, (added) -> new Sample()).take();
		if (unlogged >= 0) {
			try (PipelineLog log = PipelineLog.of(this.pipeline)) {
				logger.info("Refused {} {} from {} for '{}' with {}{}{}", request.getMethod(), request.getRequestURI(),
						request.getRemoteAddr(), this.pipeline, status, (reason != null) ? ": " + reason : "",
						(unlogged > 0) ? " (" + unlogged + " more since the last such line)" : "");
			}
		}
	}

	/**
	 * Counts the requests between two lines.
	 */
	private static final class Sample {

		private long last = System.nanoTime() - INTERVAL;

		private long unlogged;

		/**
		 * Returns how many were not logged before this one, or -1 if it is not to be
		 * logged either.
		 */
		private synchronized long take() {
			long now = System.nanoTime();
			if (now - this.last < INTERVAL) {
				this.unlogged++;
				return -1;
			}
			this.last = now;
			long before = this.unlogged;
			this.unlogged = 0;
			return before;
		}

	}

}
