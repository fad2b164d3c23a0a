package org.megaetl.transformers;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.ClosestMatch;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transform.TransformFunction;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;
import org.megaetl.transformers.table.Catalogue;
import org.megaetl.transformers.table.TableBound;
import org.megaetl.transformers.test.TestCase;
import org.megaetl.transformers.test.TestFiles;
import org.megaetl.transformers.test.TestRun;
import org.megaetl.validation.TransformerTest;
import org.megaetl.validation.TransformerTests;

import org.springframework.util.StringUtils;

/**
 * The tests in the configuration and in files of their own, of transformers of all kinds.
 */
final class ConfiguredTests implements TransformerTests {

	private final TransformersProperties properties;

	private final TestFiles files;

	private final TransformerRegistry registry;

	private final @Nullable DataSource dataSource;

	ConfiguredTests(TransformersProperties properties, TestFiles files, TransformerRegistry registry,
			@Nullable DataSource dataSource) {
		this.properties = properties;
		this.files = files;
		this.registry = registry;
		this.dataSource = dataSource;
	}

	@Override
	public List<TransformerTest> all() {
		TestRun run = new TestRun(catalogue());
		List<TransformerTest> tests = new ArrayList<>();
		read().forEach((name, cases) -> {
			TransformFunction function = this.registry.find(name);
			if (function == null) {
				throw new InvalidConfigurationException(
						"There are tests of the transformer '" + name + "', which does not exist.",
						ClosestMatch.closest(name, this.registry.all().keySet())
							.map((closest) -> "Did you mean '" + closest + "'?")
							.orElse("Name one that exists with 'transformer' in the file of the tests."));
			}
			cases.forEach((test) -> tests.add(new BoundTest(name, test, function, run)));
		});
		return tests;
	}

	/**
	 * Tries a transformer before it takes the place of another, with the tables as they
	 * are now.
	 * @param name the name of the one to be replaced
	 * @param candidate what is to take its place
	 * @throws InvalidConfigurationException if it does not fit the tables, or one of the
	 * tests fails
	 * @throws InterruptedException if the calling thread is to stop
	 */
	void require(String name, TableBound candidate) throws InterruptedException {
		Catalogue catalogue = catalogue();
		if (catalogue != null) {
			bind(name, candidate, catalogue);
		}
		TestRun run = new TestRun(catalogue);
		for (TestCase test : read().getOrDefault(name, List.of())) {
			String failure = run.run(test, candidate);
			if (failure != null) {
				throw new InvalidConfigurationException(
						"The changed transformer '" + name + "' fails its test '" + test.name() + "':\n" + failure,
						"Correct the file, or the test.");
			}
		}
	}

	private static void bind(String name, TableBound candidate, Catalogue catalogue) {
		try {
			candidate.bind(catalogue);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The tables of the changed transformer '" + name
					+ "' could not be looked up in the database's catalogue", ex);
		}
	}

	private @Nullable Catalogue catalogue() {
		return (this.dataSource != null) ? new Catalogue(this.dataSource) : null;
	}

	private Map<String, List<TestCase>> read() {
		Map<String, List<TestCase>> tests = new LinkedHashMap<>();
		this.properties.transformers().forEach((name, definition) -> {
			for (int i = 0; i < definition.tests().size(); i++) {
				definition.tests().get(i).check("'" + ConfiguredTransformers.PREFIX + name + ".tests[" + i + "]'");
			}
			if (!definition.tests().isEmpty()) {
				tests.put(name, new ArrayList<>(definition.tests()));
			}
		});
		this.files.read(Arrays.asList(StringUtils.tokenizeToStringArray(this.properties.transformerTests(), ",")))

			.forEach((name, cases) -> tests.computeIfAbsent(name, (key) -> new ArrayList<>()).addAll(cases));
		return tests;
	}

	/**
	 * A test and its transformer.
	 *
	 * @param transformer the transformer's name
	 * @param test the test
	 * @param function the transformer
	 * @param runs carries it out
	 */
	private record BoundTest(String transformer, TestCase test, TransformFunction function,
			TestRun runs) implements TransformerTest {

		@Override
		public String name() {
			return String.valueOf(this.test.name());
		}

		@Override
		public @Nullable String run() throws InterruptedException {
			return (this.function instanceof Transformer rows) ? this.runs.run(this.test, rows)
					: "The transformer writes by itself: what, is known only when it does";
		}

	}

}
