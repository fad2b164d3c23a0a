package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import org.jspecify.annotations.Nullable;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.SourceStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far the chain has been read, how fast, and how long the rest takes: for health,
 * metrics, and the log.
 */
final class Progress {

	private static final Logger logger = LoggerFactory.getLogger(Progress.class);

	private static final Duration INTERVAL = Duration.ofSeconds(30);

	/** Fewer are read in no time. */
	private static final int MANY = 100;

	private final PipelineName pipeline;

	private boolean leader;

	private @Nullable Heads heads;

	private long next;

	private long done;

	private long reorgs;

	private double blocksPerSecond;

	private long measuredFrom;

	private long measuredAt;

	Progress(PipelineName pipeline) {
		this.pipeline = pipeline;
	}

	void bindTo(MeterRegistry meters) {
		FunctionCounter.builder("mega.ethereum.blocks", this, Progress::done)
			.description("Blocks read and written")
			.baseUnit("blocks")
			.tag("pipeline", this.pipeline.toString())
			.register(meters);
		Gauge.builder("mega.ethereum.blocks.rate", this, Progress::rate)
			.strongReference(true)
			.description("Blocks read in a second")
			.baseUnit("blocks")
			.tag("pipeline", this.pipeline.toString())
			.register(meters);
		TimeGauge.builder("mega.ethereum.time.left", this, TimeUnit.SECONDS, Progress::secondsLeft)
			.strongReference(true)
			.description("Time until all blocks are read that are there")
			.tag("pipeline", this.pipeline.toString())
			.register(meters);
		FunctionCounter.builder("mega.ethereum.reorganizations", this, Progress::reorgs)
			.description("How often blocks were taken back")
			.tag("pipeline", this.pipeline.toString())
			.register(meters);
	}

	private synchronized double done() {
		return this.done;
	}

	private synchronized double rate() {
		return this.leader ? this.blocksPerSecond : 0;
	}

	private synchronized double reorgs() {
		return this.reorgs;
	}

	private synchronized double secondsLeft() {
		Heads seen = this.heads;
		return (this.leader && seen != null) ? secondsLeft(seen) : Double.NaN;
	}

	private double secondsLeft(Heads seen) {
		long remaining = remaining(seen);
		if (remaining == 0) {
			return 0;
		}
		return (this.blocksPerSecond > 0) ? remaining / this.blocksPerSecond : Double.NaN;
	}

	synchronized void standby() {
		this.leader = false;
	}

	/**
	 * Notes where this instance, which leads from now on, begins to read: what is before
	 * was read by others.
	 */
	synchronized void startsAt(long next) {
		this.leader = true;
		this.next = next;
		this.measuredFrom = next;
		this.measuredAt = System.nanoTime();
	}

	synchronized void saw(Heads heads) {
		this.heads = heads;
	}

	synchronized void reorganized() {
		this.reorgs++;
	}

	/**
	 * Notes how far the chain has been read, and logs it now and then if there is much
	 * left.
	 */
	synchronized void reached(long next) {
		this.done += Math.max(0, next - this.next);
		this.next = next;
		long now = System.nanoTime();
		if (next < this.measuredFrom) {
			this.measuredFrom = next;
			this.measuredAt = now;
		}
		else if (now - this.measuredAt >= INTERVAL.toNanos()) {
			this.blocksPerSecond = (next - this.measuredFrom) * 1e9 / (now - this.measuredAt);
			this.measuredFrom = next;
			this.measuredAt = now;
			Heads seen = this.heads;
			if (seen != null && remaining(seen) > MANY) {
				logger.info("Pipeline '{}' has read {} blocks, up to block {} of {}: {} blocks/s, {} left",
						this.pipeline, this.done, next - 1, seen.target(), String.format("%.1f", this.blocksPerSecond),
						timeLeft(seen));
			}
		}
	}

	private long remaining(Heads seen) {
		return Math.max(0, seen.target() - this.next + 1);
	}

	private String timeLeft(Heads seen) {
		double seconds = secondsLeft(seen);
		if (Double.isNaN(seconds)) {
			return "unknown time";
		}
		Duration left = Duration.ofSeconds((long) seconds);
		return left.toHours() + ":" + String.format("%02d", left.toMinutesPart()) + ":"
				+ String.format("%02d", left.toSecondsPart());
	}

	synchronized SourceStatus status() {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("role", this.leader ? "leader" : "standby");
		Heads seen = this.heads;
		if (!this.leader || seen == null) {
			return new SourceStatus(null, details);
		}
		details.put("nextBlock", this.next);
		details.put("lastBlockToRead", seen.target());
		details.put("latestBlock", seen.latest());
		if (seen.finalized() >= 0) {
			details.put("finalizedBlock", seen.finalized());
		}
		details.put("blocksDone", this.done);
		details.put("blocksPerSecond", this.blocksPerSecond);
		if (remaining(seen) > MANY) {
			details.put("timeLeft", timeLeft(seen));
		}
		details.put("reorganizations", this.reorgs);
		return new SourceStatus(remaining(seen), details);
	}

}
