package org.megaetl.app;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code /actuator/prometheus} answers.
 */
record Scrape(String text) {

	static Scrape of(OperatedApplication application) {
		return new Scrape(application.get("/prometheus").body());
	}

	Stream<String> lines(String prefix) {
		return this.text.lines().filter((line) -> line.startsWith(prefix));
	}

	Set<String> names(String prefix) {
		return lines(prefix).map((line) -> line.replaceAll("[{ ].*", ""))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	long series() {
		return this.text.lines().filter((line) -> !line.startsWith("#")).count();
	}

}
