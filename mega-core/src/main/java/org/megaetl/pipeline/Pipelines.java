package org.megaetl.pipeline;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.config.Namespace;
import org.megaetl.deadletter.ReplayTarget;
import org.megaetl.deadletter.ReplayTargets;
import org.megaetl.event.PipelineId;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.util.Assert;

/**
 * All pipelines of the application. Connectors create theirs here while the application
 * starts; they run from before the first adapter starts until after the last has stopped.
 */
public final class Pipelines
		implements SmartLifecycle, ReplayTargets, ApplicationContextAware, ApplicationListener<ContextClosedEvent> {

	/**
	 * Started before, and stopped after, the web server and every adapter.
	 */
	public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4096;

	private final TransformerRegistry transformers;

	private final Sink sink;

	private final PipelineOptions options;

	private final MeterRegistry meters;

	private final Clock clock;

	private final TransformWatchdog watchdog;

	private final Map<PipelineName, ManagedPipeline> pipelines = new LinkedHashMap<>();

	/** By what their state is kept under. */
	private final Map<PipelineId, PipelineName> owners = new HashMap<>();

	private final Map<PipelineName, PipelineEngine> engines = new ConcurrentHashMap<>();

	private volatile boolean running;

	private BatchObserver observer = BatchObserver.NONE;

	private @Nullable ApplicationContext context;

	/**
	 * Creates an empty collection.
	 * @param transformers where inbounds find their transformers
	 * @param sink the database
	 * @param options what is the same for all pipelines
	 * @param meters what the pipelines are measured with
	 * @param clock the time
	 * @param onStuckTransformer called when a transformer does not return even when
	 * interrupted: only a restart of the application frees its thread
	 */
	public Pipelines(TransformerRegistry transformers, Sink sink, PipelineOptions options, MeterRegistry meters,
			Clock clock, Runnable onStuckTransformer) {
		this.transformers = transformers;
		this.sink = sink;
		this.options = options;
		this.meters = meters;
		this.clock = clock;
		this.watchdog = new TransformWatchdog(options.transformTimeout(), options.transformGrace(), onStuckTransformer);
	}

	/**
	 * Adds somebody who is told of each batch of the pipelines that are created from now
	 * on.
	 * @param observer is called in the thread that delivers the batch, after those that
	 * were added before
	 */
	public void observe(BatchObserver observer) {
		BatchObserver before = this.observer;
		this.observer = (before == BatchObserver.NONE) ? observer
				: (pipeline, events) -> ObservedByTwo.begin(before, observer, pipeline, events);
	}

	/**
	 * Creates the pipeline of a source that sends events by itself.
	 * @param settings what its inbound says
	 * @return the pipeline, started and stopped with the application
	 * @throws InvalidConfigurationException if there is no transformer of that name, or
	 * two inbounds have one name or keep their state under one id, or the application has
	 * no name
	 */
	public PushPipeline push(PipelineSettings settings) {
		PipelineEngine engine = engine(settings);
		PushPipeline pipeline = new PushPipeline(engine, this.options);
		add(pipeline, engine);
		return pipeline;
	}

	/**
	 * Creates the pipeline of a source that is read.
	 * @param settings what its inbound says
	 * @return the pipeline, started before and stopped after its adapter
	 * @throws InvalidConfigurationException if there is no transformer of that name, or
	 * two inbounds have one name or keep their state under one id, or the application has
	 * no name
	 */
	public PullPipeline pull(PipelineSettings settings) {
		Assert.isTrue(settings.onReject() == RejectPolicy.DEAD_LETTER,
				"A source that is read has nobody to answer: what is refused must be a dead letter");
		PipelineEngine engine = engine(settings);
		PullPipeline pipeline = new PullPipeline(engine);
		add(pipeline, engine);
		return pipeline;
	}

	/**
	 * Creates the pipeline of a source that sends events by itself, into a buffer.
	 * @param name the pipeline's name
	 * @param buffer where its events are kept until another pipeline reads them
	 * @return the pipeline, started and stopped with the application
	 * @throws InvalidConfigurationException if two inbounds have one name
	 */
	public BufferedPipeline buffered(PipelineName name, EventBuffer buffer) {
		BufferedPipeline pipeline = new BufferedPipeline(name, buffer, new PipelineMonitor(name, this.clock),
				new PipelineMetrics(this.meters, name));
		add(pipeline);
		return pipeline;
	}

	private PipelineEngine engine(PipelineSettings settings) {
		TransformFunction function = transformer(settings);
		if (settings.decoder() != null) {
			function = settings.decoder().before(function);
		}
		return new PipelineEngine(settings, id(settings), function, this.sink,
				new PipelineMonitor(settings.name(), this.clock), new PipelineMetrics(this.meters, settings.name()),
				new DeadLetterCeiling(this.options.ceiling()), this.watchdog, this.observer);
	}

	private void add(ManagedPipeline pipeline) {
		if (this.pipelines.putIfAbsent(pipeline.name(), pipeline) != null) {
			throw new InvalidConfigurationException("There are two inbounds with the name '" + pipeline.name() + "'.",
					"Give one of them another name.");
		}
	}

	private void add(ManagedPipeline pipeline, PipelineEngine engine) {
		add(pipeline);
		this.engines.put(pipeline.name(), engine);
		PipelineName owner = this.owners.putIfAbsent(engine.id(), pipeline.name());
		if (owner != null) {
			throw new InvalidConfigurationException(
					"The inbounds '" + owner + "' and '" + pipeline.name()
							+ "' would both keep their state under the id '" + engine.id().pipeline() + "'.",
					"Set '" + engine.settings().property("id") + "' to another id.");
		}
	}

	private PipelineId id(PipelineSettings settings) {
		return new PipelineId(this.options.namespace().name(), settings.stateId());
	}

	private TransformFunction transformer(PipelineSettings settings) {
		TransformFunction function = this.transformers.find(settings.transformer());
		if (function != null) {
			return function;
		}
		Collection<String> names = this.transformers.all().keySet();
		String existing = names.isEmpty() ? "There is no transformer at all"
				: "The transformers are: " + String.join(", ", names);
		throw new InvalidConfigurationException(
				"'" + settings.property("transformer") + "' names the transformer '" + settings.transformer()
						+ "', which does not exist. " + existing + ".",
				ClosestMatch.closest(settings.transformer(), names)
					.map((closest) -> "Did you mean '" + closest + "'?")
					.orElse("Declare a bean of type org.megaetl.transform.Transformer with the name '"
							+ settings.transformer() + "', or name one that exists."));
	}

	/**
	 * Returns all pipelines.
	 * @return an unmodifiable view, in the order created
	 */
	public Collection<Pipeline> all() {
		return Collections.unmodifiableCollection(this.pipelines.values());
	}

	/**
	 * Returns the pipeline of the given name.
	 * @param name the name, such as {@code webhook.orders}
	 * @return the pipeline, or {@code null} if there is none of that name
	 */
	public @Nullable Pipeline find(PipelineName name) {
		return this.pipelines.get(name);
	}

	Namespace namespace() {
		return this.options.namespace();
	}

	/**
	 * Returns what all pipelines have in common with their kind, by name.
	 */
	Map<PipelineName, PipelineEngine> engines() {
		return this.engines;
	}

	@Override
	public @Nullable ReplayTarget find(String pipeline) {
		return this.engines.values()
			.stream()
			.filter((engine) -> engine.id().pipeline().equals(pipeline))
			.findFirst()
			.map(PipelineReplay::new)
			.orElse(null);
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.context = applicationContext;
	}

	/**
	 * The web server stops before the pipelines, and interrupts its threads to do so. A
	 * context below this one may be closed at any time.
	 */
	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context) {
			this.engines.values().forEach((engine) -> engine.monitor().stopping());
		}
	}

	/**
	 * Notes that an adapter is about to interrupt its threads.
	 */
	void stopping(String connector) {
		this.engines.values()
			.stream()
			.filter((engine) -> engine.settings().name().connector().equals(connector))
			.forEach((engine) -> engine.monitor().stopping());
	}

	@Override
	public void start() {
		this.watchdog.start();
		this.pipelines.values().forEach(ManagedPipeline::start);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		Duration timeout = this.options.stopTimeout();
		List<Thread> stopping = new ArrayList<>();
		// at once, as all together have the time of one
		for (ManagedPipeline pipeline : this.pipelines.values()) {
			Thread thread = new Thread(() -> pipeline.stop(timeout), "mega-stop-" + pipeline.name());
			thread.start();
			stopping.add(thread);
		}
		try {
			for (Thread thread : stopping) {
				thread.join();
			}
		}
		catch (InterruptedException ex) {
			stopping.forEach(Thread::interrupt);
			Thread.currentThread().interrupt();
		}
		this.watchdog.stop();
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
