package org.megaetl.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was measured in one scenario: for each system and each figure as many values as
 * there were repetitions.
 */
final class Results {

	/** The system that the others are compared with. */
	static final String MEGA = "MEGA";

	private final Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();

	private final Map<String, String> missing = new LinkedHashMap<>();

	private final String heading;

	Results() {
		this("system");
	}

	/**
	 * Creates results of other things than systems.
	 * @param heading what they are
	 */
	Results(String heading) {
		this.heading = heading;
	}

	/**
	 * Says why a system was not measured.
	 * @param system the system
	 * @param reason why
	 */
	void skip(String system, String reason) {
		this.missing.put(system, reason);
	}

	/**
	 * Adds a value.
	 * @param system the system measured
	 * @param figure what was measured, with its unit
	 * @param value the value
	 */
	void add(String system, String figure, double value) {
		this.values.computeIfAbsent(system, (absent) -> new LinkedHashMap<>())
			.computeIfAbsent(figure, (absent) -> new ArrayList<>())
			.add(value);
	}

	Set<String> systems() {
		return this.values.keySet();
	}

	/**
	 * Returns the median.
	 * @return the value in the middle, or not a number if there is none
	 */
	double median(String system, String figure) {
		List<Double> sorted = values(system, figure);
		return sorted.isEmpty() ? Double.NaN
				: (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
	}

	private List<Double> values(String system, String figure) {
		return this.values.getOrDefault(system, Map.of()).getOrDefault(figure, List.of()).stream().sorted().toList();
	}

	/**
	 * Returns a table in Markdown: medians, and the least and greatest value.
	 * @param compared the figure by which MEGA is compared with the others
	 */
	String toMarkdown(String compared) {
		Set<String> figures = new LinkedHashSet<>();
		this.values.values().forEach((each) -> figures.addAll(each.keySet()));
		boolean compares = systems().contains(MEGA);
		StringBuilder table = new StringBuilder("| " + this.heading + " | ");
		table.append(String.join(" | ", figures)).append(compares ? " | MEGA is |\n|---|" : " |\n|---|");
		table.append("---:|".repeat(figures.size() + (compares ? 1 : 0))).append('\n');
		for (String system : systems()) {
			table.append("| ").append(system).append(" | ");
			table.append(figures.stream().map((figure) -> cell(system, figure)).collect(Collectors.joining(" | ")));
			table.append(compares ? " | " + ratio(system, compared) + " |\n" : " |\n");
		}
		this.missing.forEach((system, reason) -> table.append("| ")
			.append(system)
			.append(": ")
			.append(reason)
			.append(" |".repeat(figures.size() + (compares ? 2 : 1)))
			.append('\n'));
		return table.toString();
	}

	private String ratio(String system, String figure) {
		return system.equals(MEGA) ? "" : format(median(MEGA, figure) / median(system, figure)) + " times";
	}

	private String cell(String system, String figure) {
		List<Double> sorted = values(system, figure);
		if (sorted.isEmpty()) {
			return "";
		}
		String median = format(median(system, figure));
		return (sorted.size() == 1) ? median
				: median + " (" + format(sorted.get(0)) + "–" + format(sorted.get(sorted.size() - 1)) + ")";
	}

	static String format(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.2f" : (value < 100) ? "%.1f" : "%,.0f", value);
	}

}
