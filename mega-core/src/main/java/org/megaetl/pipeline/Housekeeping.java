package org.megaetl.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.sink.SinkTransactions;
import org.megaetl.sink.SqlFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.SmartLifecycle;

/**
 * Deletes from the platform's tables what nobody needs any more, and counts dead letters,
 * about once a minute. Works in steps so small that no batch waits for them, and rests
 * after each for as long as it took. Several replicas may do so at once.
 */
public final class Housekeeping implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(Housekeeping.class);

	private static final Duration INTERVAL = Duration.ofMinutes(1);

	private static final Duration WRITER_RETENTION = Duration.ofDays(1);

	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

	private static final int STEP = 1000;

	private final Pipelines pipelines;

	private final Sink sink;

	private final DeadLetterService deadLetters;

	private final Settings settings;

	private final MeterRegistry meters;

	private final Clock clock;

	private final SinkTransactions transactions;

	private final Set<String> failing = new HashSet<>();

	private volatile @Nullable Map<String, Long> counts;

	private volatile @Nullable Thread thread;

	/**
	 * Creates the housekeeping.
	 * @param pipelines whose tables are kept
	 * @param sink the database
	 * @param deadLetters deletes and counts dead letters
	 * @param settings how long things are kept
	 * @param meters takes the number of dead letters
	 * @param clock the time
	 */
	public Housekeeping(Pipelines pipelines, Sink sink, DeadLetterService deadLetters, Settings settings,
			MeterRegistry meters, Clock clock) {
		this.pipelines = pipelines;
		this.sink = sink;
		this.deadLetters = deadLetters;
		this.settings = settings;
		this.meters = meters;
		this.clock = clock;
		this.transactions = new SinkTransactions(sink.transactions());
	}

	/**
	 * Does everything that is due.
	 */
	void round() throws InterruptedException {
		for (PipelineEngine engine : this.pipelines.engines().values()) {
			Duration own = engine.settings().idRetention();
			Instant before = ago((own != null) ? own : this.settings.idRetention());
			try (PipelineLog log = PipelineLog.of(engine.settings().name())) {
				repeat("the ids of pipeline '" + engine.settings().name() + "'",
						() -> this.sink.inbox().purge(engine.id(), before, STEP));
			}
		}
		Instant gone = ago(WRITER_RETENTION);
		repeat("the marks of writers that are gone",
				() -> this.sink.checkpoints().purgeMarks(this.settings.namespace(), gone, STEP));
		Duration retention = this.settings.deadLetterRetention();
		if (retention != null) {
			repeat("expired dead letters", () -> this.deadLetters.purge(ago(retention)));
		}
		attempt("the count of dead letters", () -> {
			this.counts = this.deadLetters.countByPipeline();
			return 0;
		});
	}

	private Instant ago(Duration time) {
		return Instant.now(this.clock).minus(time);
	}

	private void repeat(String what, IntSupplier step) throws InterruptedException {
		int found;
		do {
			long start = System.nanoTime();
			found = attempt(what, step);
			// rests as long as it has worked: events are more urgent
			Thread.sleep(10 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
		}
		while (found > 0);
	}

	private int attempt(String what, IntSupplier step) {
		try {
			Integer found = this.transactions.execute((status) -> step.getAsInt());
			if (this.failing.remove(what)) {
				logger.info("Housekeeping works again: {}", what);
			}
			return (found != null) ? found : 0;
		}
		// an error too: nobody would notice that the thread has ended
		catch (RuntimeException | Error ex) {
			// a stop interrupts what is under way
			if (isRunning() && this.failing.add(what)) {
				logger.warn("Housekeeping failed and will be tried again: {}: {}", what, SqlFailure.describe(ex));
			}
			logger.debug("Housekeeping failed: {}", what, ex);
			return 0;
		}
	}

	private void run() {
		try {
			while (isRunning()) {
				round();
				// replicas that started together spread over the interval
				Thread
					.sleep(ThreadLocalRandom.current().nextLong(INTERVAL.toMillis() / 2, INTERVAL.toMillis() * 3 / 2));
			}
		}
		catch (InterruptedException ex) {
			logger.debug("Housekeeping ends");
		}
	}

	private double deadLetters(PipelineEngine engine) {
		Map<String, Long> known = this.counts;
		return (known != null) ? known.getOrDefault(engine.id().pipeline(), 0L) : Double.NaN;
	}

	@Override
	public void start() {
		this.pipelines.engines()
			.values()
			.forEach((engine) -> Gauge.builder("mega.dead.letters", engine, this::deadLetters)
				.description("Dead letters stored, counted about once a minute")
				.tag("pipeline", engine.settings().name().toString())
				.register(this.meters));
		Thread started = new Thread(this::run, "mega-housekeeping");
		started.setDaemon(true);
		this.thread = started;
		started.start();
	}

	@Override
	public void stop() {
		Thread stopped = this.thread;
		this.thread = null;
		if (stopped != null) {
			stopped.interrupt();
			try {
				stopped.join(STOP_TIMEOUT.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.thread != null;
	}

	/**
	 * How long things are kept.
	 *
	 * @param namespace the application's part of every key in the platform's tables
	 * @param idRetention how long ids of events are, where the inbound does not say
	 * @param deadLetterRetention how long dead letters are, or {@code null} for ever
	 */
	public record Settings(String namespace, Duration idRetention, @Nullable Duration deadLetterRetention) {

	}

}
