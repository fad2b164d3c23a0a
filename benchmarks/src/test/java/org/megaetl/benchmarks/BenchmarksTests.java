package org.megaetl.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Runs each measurement with next to no events, so that it still works when it is needed.
 */
class BenchmarksTests {

	private static final List<String> WORDS = Options.parse("all").stream().map(Options::scenario).toList();

	@TempDir
	private Path docs;

	@Test
	void everyWordHasAPlaceOnThePage() throws Exception {
		Report report = new Report(Path.of("..", "docs"));
		for (String word : WORDS) {
			report.requirePlace(word);
		}
		assertThatIllegalStateException().isThrownBy(() -> report.requirePlace("other")).withMessageContaining("other");
	}

	@Test
	void anUnknownWordIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("kafka kafak"))
			.withMessageContaining("'kafak'");
		assertThatIllegalArgumentException().isThrownBy(() -> Options.parse("kafka event=1"))
			.withMessageContaining("'event'");
	}

	@Test
	void everyWordFillsItsTable() throws Exception {
		StringBuilder page = new StringBuilder();
		WORDS.forEach((word) -> page.append("<!-- %s -->%nold%n<!-- end -->%n".formatted(word)));
		Files.writeString(this.docs.resolve("performance.md"), page);
		// the application is packaged only when everything is
		boolean packaged = Files.exists(Path.of(System.getProperty("mega.app.jar")));
		String words = String.join(" ", WORDS.stream().filter((word) -> packaged || !word.equals("start")).toList());
		Benchmarks.main(new String[] { this.docs.toString(), words + " quick systems=^(MEGA|loader,.multi) events=3000 "
				+ "slow-events=50 seconds=1 connections=1,4 rate=100 pipelines=10" });
		String filled = Files.readString(this.docs.resolve("performance.md"));
		for (String word : words.split(" ")) {
			assertThat(filled).containsPattern("<!-- " + word + " -->\n\\| (?:.*\n)+?<!-- end -->");
			assertThat(this.docs.resolve("performance/" + word + ".svg")).content().startsWith("<svg");
		}
		try (Stream<Path> charts = Files.list(this.docs.resolve("performance"))) {
			assertThat(charts).hasSize(words.split(" ").length);
		}
	}

}
