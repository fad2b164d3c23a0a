package org.megaetl.benchmarks.systems;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.event.Event;
import org.megaetl.transform.TransformResult;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerBatch;
import org.megaetl.transform.TransformerRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * MEGA's transformers without anything else, in turn on one thread.
 */
public final class TransformersProgram {

	/** The suffix of a transformer's name that is not to take several events at once. */
	public static final String ONE_BY_ONE = "!";

	private static final Logger logger = LoggerFactory.getLogger(TransformersProgram.class);

	/** Scripts are interpreted for long before they are compiled. */
	private static final int WARM_UP = 5;

	private static final int EVENTS = 1000;

	private TransformersProgram() {
	}

	/**
	 * Logs a line for each transformer and round: its name, a tab, the events it
	 * transformed in a second of the thread's processor time. The first round, which is
	 * longer, only warms up.
	 * @param args the number of rounds, the milliseconds of each, the transformers' names
	 * @throws Exception if an event cannot be transformed
	 */
	public static void main(String[] args) throws Exception {
		int rounds = Integer.parseInt(args[0]);
		long nanos = Long.parseLong(args[1]) * 1_000_000;
		try (ConfigurableApplicationContext context = SpringApplication.run(MegaProgram.class)) {
			TransformerRegistry registry = context.getBean(TransformerRegistry.class);
			Map<String, Transformer> transformers = new LinkedHashMap<>();
			for (int i = 2; i < args.length; i++) {
				Transformer transformer = (Transformer) registry.find(args[i].replace(ONE_BY_ONE, ""));
				if (transformer == null) {
					throw new IllegalArgumentException("There is no transformer '" + args[i] + "'");
				}
				transformers.put(args[i], args[i].endsWith(ONE_BY_ONE) ? transformer::transform : transformer);
			}
			List<Event> events = new ArrayList<>();
			for (int i = 0; i < EVENTS; i++) {
				events.add(Event.from("webhook.orders", Orders.json(i)).build());
			}
			for (int round = 0; round <= rounds; round++) {
				for (Map.Entry<String, Transformer> transformer : transformers.entrySet()) {
					double rate = measure(transformer.getValue(), events, (round > 0) ? nanos : WARM_UP * nanos);
					if (round > 0) {
						logger.info("{}\t{}", transformer.getKey(), rate);
					}
				}
			}
		}
	}

	private static double measure(Transformer transformer, List<Event> events, long nanos) throws Exception {
		long start = cpuTime();
		long count = 0;
		while (cpuTime() - start < nanos) {
			long rows = transform(transformer, events);
			if (rows != events.size()) {
				throw new IllegalStateException(rows + " rows of " + events.size() + " events");
			}
			count += rows;
		}
		return count * 1e9 / (cpuTime() - start);
	}

	/**
	 * Transforms events as a pipeline does.
	 * @return the number of rows
	 */
	private static long transform(Transformer transformer, List<Event> events) throws Exception {
		long count = 0;
		try (TransformerBatch batch = transformer.openBatch()) {
			for (int i = 0; i < events.size(); i += batch.maxEvents()) {
				if (batch.maxEvents() == 1) {
					count += batch.transform(events.get(i)).size();
					continue;
				}
				List<Event> several = events.subList(i, Math.min(i + batch.maxEvents(), events.size()));
				for (TransformResult result : batch.transform(several, () -> {
				})) {
					count += result.statements().size();
				}
			}
		}
		return count;
	}

	/**
	 * The thread's own, so that what else the machine does counts little.
	 */
	private static long cpuTime() {
		return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
	}

}
