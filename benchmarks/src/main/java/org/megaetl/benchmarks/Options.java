package org.megaetl.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * A scenario to run, and how much of it.
 */
final class Options {

	/** All scenarios, and how many events each system takes there by default. */
	private static final Map<String, Integer> SCENARIOS = new LinkedHashMap<>();

	private static final String QUICK = "quick";

	/** How much is run by default, and quickly. */
	private static final Map<String, List<String>> DEFAULTS = Map.of("events", List.of("", ""), "slow-events",
			List.of("60000", "10000"), "warm-up", List.of("33", "50"), "repetitions", List.of("3", "1"), "connections",
			List.of("1,16,64,256", "1,64"), "seconds", List.of("10", "4"), "rate", List.of("3000", "3000"), "pipelines",
			List.of("10,100,1000", "10,100,1000"), "jvm", List.of("-Xmx384m", "-Xmx384m"));

	static {
		SCENARIOS.put("engine", 0);
		SCENARIOS.put("ethereum", 1_000_000);
		SCENARIOS.put("growth", 10_000_000);
		SCENARIOS.put("kafka", 3_000_000);
		SCENARIOS.put("kafka-key", 3_000_000);
		SCENARIOS.put("payload", 1_000_000);
		SCENARIOS.put("pipelines", 6_000_000);
		SCENARIOS.put("poison", 1_000_000);
		SCENARIOS.put("redis", 1_000_000);
		SCENARIOS.put("sizes", 3_000_000);
		SCENARIOS.put("start", 0);
		SCENARIOS.put("transformers", 0);
		SCENARIOS.put("webhook", 0);
	}

	private final String scenario;

	private final boolean quick;

	private final Map<String, String> values;

	private Options(String scenario, boolean quick, Map<String, String> values) {
		this.scenario = scenario;
		this.quick = quick;
		this.values = values;
	}

	/**
	 * Reads what to run.
	 * @param text words, each the name of a scenario or {@code key=value}; "all" stands
	 * for all scenarios, "quick" for little of each
	 * @return the options of each scenario
	 * @throws IllegalArgumentException if a word is not known
	 */
	static List<Options> parse(String text) {
		Set<String> scenarios = new LinkedHashSet<>();
		Map<String, String> values = new LinkedHashMap<>();
		boolean quick = false;
		for (String word : text.strip().split("\\s+")) {
			int equals = word.indexOf('=');
			if (equals > 0) {
				values.put(known(word.substring(0, equals)), word.substring(equals + 1));
			}
			else if (word.equals(QUICK)) {
				quick = true;
			}
			else if (SCENARIOS.containsKey(word)) {
				scenarios.add(word);
			}
			else if (!word.equals("all")) {
				throw new IllegalArgumentException(
						"There is no scenario '" + word + "': it is one of " + SCENARIOS.keySet());
			}
		}
		boolean little = quick;
		return (scenarios.isEmpty() ? SCENARIOS.keySet() : scenarios).stream()
			.map((scenario) -> new Options(scenario, little, values))
			.toList();
	}

	private static String known(String key) {
		if (!DEFAULTS.containsKey(key) && !Set.of("systems", "profile", "jdk25").contains(key)) {
			throw new IllegalArgumentException("There is no option '" + key + "'");
		}
		return key;
	}

	String scenario() {
		return this.scenario;
	}

	/**
	 * Returns how many events each system takes.
	 */
	int events() {
		int usual = SCENARIOS.getOrDefault(this.scenario, 0);
		return value("events").isEmpty() ? (this.quick ? usual / 5 : usual) : number("events");
	}

	/**
	 * Returns the same for systems that take them one by one.
	 */
	int slowEvents() {
		return number("slow-events");
	}

	/**
	 * Returns how many events come before the steady state.
	 * @param events how many there are
	 */
	long warmUp(long events) {
		return Math.max(1, events * number("warm-up") / 100);
	}

	/**
	 * Returns how often each system is measured.
	 */
	int repetitions() {
		return number("repetitions");
	}

	/**
	 * Returns how many connections send to the webhook.
	 */
	List<Integer> connections() {
		return numbers("connections");
	}

	/**
	 * Returns how long something is done where no number of events says so.
	 */
	int seconds() {
		return number("seconds");
	}

	/**
	 * Returns how many requests a second are sent where that is fixed.
	 */
	int rate() {
		return number("rate");
	}

	/**
	 * Returns how many pipelines there are beside each other.
	 */
	List<Integer> pipelines() {
		return numbers("pipelines");
	}

	/**
	 * Returns the event that is profiled, or {@code null} if nothing is to be.
	 */
	@Nullable String profile() {
		return this.values.get("profile");
	}

	/**
	 * Returns where a JDK 25 is, or {@code null} if that is not said.
	 */
	@Nullable String jdk25() {
		return this.values.get("jdk25");
	}

	/**
	 * Returns whether a system is to be measured: while something is profiled, only MEGA.
	 */
	boolean includes(String system) {
		String usual = (profile() != null) ? "^MEGA" : "";
		return Pattern.compile(this.values.getOrDefault("systems", usual)).matcher(system).find();
	}

	/**
	 * Returns the options of the virtual machine of a system under test.
	 * @param system the system
	 * @param part a suffix of the flame graph's name, if there is one
	 */
	List<String> jvm(String system, String part) {
		List<String> jvm = List.of(value("jvm").split(";"));
		return system.equals(Results.MEGA)
				? Stream.concat(jvm.stream(), profiler(this.scenario + part).stream()).toList() : jvm;
	}

	/**
	 * Returns the options of a virtual machine that leaves a flame graph, if that is
	 * asked for.
	 * @param name the graph's name
	 */
	List<String> profiler(String name) {
		String event = profile();
		return (event != null) ? List.of(FlameGraphs.agent(event, name)) : List.of();
	}

	private int number(String key) {
		return Integer.parseInt(value(key));
	}

	private List<Integer> numbers(String key) {
		return Arrays.stream(value(key).split(",")).map(Integer::valueOf).toList();
	}

	private String value(String key) {
		return this.values.getOrDefault(key, DEFAULTS.getOrDefault(key, List.of("", "")).get(this.quick ? 1 : 0));
	}

	@Override
	public String toString() {
		String rest = Stream.of("slow-events", "warm-up", "repetitions", "seconds", "jvm")
			.map((key) -> key + "=" + value(key))
			.collect(Collectors.joining(" "));
		return (SCENARIOS.getOrDefault(this.scenario, 0) > 0) ? "events=" + events() + " " + rest : rest;
	}

	/**
	 * Measures the systems that are asked for, as often as is asked for, each time
	 * beginning with another one: whoever comes first has the coldest server.
	 * @param systems the systems
	 * @param name returns a system's name
	 * @param measurement measures a system once
	 * @throws Exception if a system fails
	 */
	<S> void takeTurns(List<S> systems, Function<S, String> name, Measurement<S> measurement) throws Exception {
		for (int repetition = 0; repetition < repetitions(); repetition++) {
			List<S> turns = new ArrayList<>(systems);
			Collections.rotate(turns, -repetition);
			for (S system : turns) {
				if (includes(name.apply(system))) {
					measurement.measure(system);
				}
			}
		}
	}

	/**
	 * Measures a system.
	 *
	 * @param <S> what describes it
	 */
	@FunctionalInterface
	interface Measurement<S> {

		void measure(S system) throws Exception;

	}

}
