package org.megaetl.benchmarks;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What to run, and how much of it.
 *
 * @param scenarios the scenarios
 * @param systems a pattern that the names of the systems under test match
 * @param events how many events each system takes from Kafka
 * @param slowEvents the same for systems that take them one by one
 * @param warmUp how many of the events come before the steady state, of a hundred
 * @param repetitions how often each system is measured
 * @param connections how many connections send to the webhook
 * @param seconds how long they send in each measurement
 * @param rate how many requests a second are sent where that is fixed
 * @param jvm options of the virtual machines under test
 */
record Options(Set<String> scenarios, Pattern systems, int events, int slowEvents, int warmUp, int repetitions,
		List<Integer> connections, int seconds, int rate, List<String> jvm) {

	private static final Set<String> SCENARIOS = Set.of("kafka", "kafka-key", "webhook", "engine");

	/**
	 * Reads the options.
	 * @param text words, each the name of a scenario or {@code key=value}; "all" stands
	 * for all scenarios
	 * @return the options
	 * @throws IllegalArgumentException if a word is not known
	 */
	static Options parse(String text) {
		Set<String> scenarios = new TreeSet<>();
		Map<String, String> values = new HashMap<>();
		for (String word : text.strip().split("\\s+")) {
			int equals = word.indexOf('=');
			if (equals > 0) {
				values.put(word.substring(0, equals), word.substring(equals + 1));
			}
			else if (SCENARIOS.contains(word)) {
				scenarios.add(word);
			}
			else if (!word.equals("all")) {
				throw new IllegalArgumentException("There is no scenario '" + word + "': it is one of " + SCENARIOS);
			}
		}
		Options options = new Options(scenarios.isEmpty() ? SCENARIOS : scenarios,
				Pattern.compile(take(values, "systems", ".*")), number(values, "events", 3_000_000),
				number(values, "slow-events", 60_000), number(values, "warm-up", 33), number(values, "repetitions", 3),
				Arrays.stream(take(values, "connections", "1,16,64,256").split(",")).map(Integer::valueOf).toList(),
				number(values, "seconds", 10), number(values, "rate", 3000),
				List.of(take(values, "jvm", "-Xmx512m").split(";")));
		if (!values.isEmpty()) {
			throw new IllegalArgumentException("There are no options " + values.keySet());
		}
		return options;
	}

	private static int number(Map<String, String> values, String key, int otherwise) {
		return Integer.parseInt(take(values, key, String.valueOf(otherwise)));
	}

	private static String take(Map<String, String> values, String key, String otherwise) {
		String value = values.remove(key);
		return (value != null) ? value : otherwise;
	}

	@Override
	public String toString() {
		return "events=%d slow-events=%d warm-up=%d repetitions=%d seconds=%d jvm=%s".formatted(this.events,
				this.slowEvents, this.warmUp, this.repetitions, this.seconds, String.join(";", this.jvm));
	}

	boolean includes(String system) {
		return this.systems.matcher(system).find();
	}

}
