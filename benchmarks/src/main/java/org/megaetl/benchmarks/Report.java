package org.megaetl.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Puts what was measured into the documentation: tables between marks of the page, and
 * charts beside it.
 */
final class Report {

	private static final String END = "<!-- end -->";

	private static final int WIDTH = 720;

	private static final int BAR = 26;

	private static final int NAMES = 300;

	private final Path docs;

	Report(Path docs) {
		this.docs = docs;
	}

	/**
	 * Puts a table in the place of the one before.
	 * @param scenario names the marks around it
	 * @param text the table
	 */
	void table(String scenario, String text) throws IOException {
		String content = Files.readString(page());
		int from = placeOf(scenario, content);
		Files.writeString(page(), content.substring(0, from) + text + content.substring(content.indexOf(END, from)));
	}

	/**
	 * Finds out whether there is a place for a table, before hours are spent on it.
	 * @param scenario names the marks around it
	 * @throws IllegalStateException if there is none
	 */
	void requirePlace(String scenario) throws IOException {
		placeOf(scenario, Files.readString(page()));
	}

	private int placeOf(String scenario, String content) {
		String begin = "<!-- " + scenario + " -->\n";
		int from = content.indexOf(begin);
		if (from < 0 || content.indexOf(END, from) < 0) {
			throw new IllegalStateException(page() + " has no place for '" + scenario + "'");
		}
		return from + begin.length();
	}

	private Path page() {
		return this.docs.resolve("performance.md");
	}

	/**
	 * Draws a figure of all systems.
	 * @param scenario names the file
	 * @param results what was measured
	 * @param figure the figure to draw
	 */
	void chart(String scenario, Results results, String figure) throws IOException {
		double greatest = results.systems()
			.stream()
			.mapToDouble((system) -> results.median(system, figure))
			.filter((value) -> !Double.isNaN(value))
			.max()
			.orElse(1);
		int height = 40 + BAR * results.systems().size();
		StringBuilder svg = new StringBuilder();
		svg.append("""
				<svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
				font-family="sans-serif" font-size="13">
				<rect width="100%%" height="100%%" fill="white"/>
				<text x="10" y="20" font-weight="bold">%3$s</text>
				""".formatted(WIDTH, height, scenario + ": " + figure + " (median)"));
		int y = 32;
		for (String system : results.systems()) {
			double value = results.median(system, figure);
			double width = Double.isNaN(value) ? 0 : (WIDTH - NAMES - 90) * value / greatest;
			svg.append(String.format(Locale.ROOT, """
					<text x="10" y="%1$d">%2$s</text>
					<rect x="%3$d" y="%4$d" width="%5$.1f" height="18" fill="%6$s"/>
					<text x="%7$.1f" y="%1$d">%8$s</text>
					""", y + 14, system, NAMES, y, width,
					(system.equals(Results.MEGA) || !results.systems().contains(Results.MEGA)) ? "#2b6cb0" : "#a0aec0",
					NAMES + width + 6, Results.format(value)));
			y += BAR;
		}
		Path directory = Files.createDirectories(this.docs.resolve("performance"));
		Files.writeString(directory.resolve(scenario + ".svg"), svg.append("</svg>\n"));
	}

}
