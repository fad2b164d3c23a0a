package org.megaetl.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.megaetl.validation.TransformerTest;
import org.megaetl.validation.TransformerTests;

import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The tests of an application's transformers that are written down, in
 * {@code mega.transformers.<name>.tests} and in files {@code *.mega-test.yml}, for JUnit:
 *
 * <pre class="code">
 * &#64;TestFactory
 * Stream&lt;DynamicNode&gt; transformers(&#64;Autowired ApplicationContext context) {
 *     return MegaTests.of(context);
 * }
 * </pre>
 */
public final class MegaTests {

	private MegaTests() {
	}

	/**
	 * Returns the tests, in a container for each transformer.
	 * @param context the application
	 * @return what a method with {@link org.junit.jupiter.api.TestFactory @TestFactory}
	 * returns
	 * @throws IllegalStateException if there is no test
	 * @throws org.megaetl.config.InvalidConfigurationException if there is a mistake in
	 * how one is written
	 */
	public static Stream<DynamicNode> of(ListableBeanFactory context) {
		Map<String, List<DynamicTest>> tests = new LinkedHashMap<>();
		context.getBeanProvider(TransformerTests.class)
			.orderedStream()
			.flatMap((source) -> source.all().stream())
			.forEach((test) -> tests.computeIfAbsent(test.transformer(), (name) -> new ArrayList<>())
				.add(DynamicTest.dynamicTest(test.name(), () -> run(test))));
		if (tests.isEmpty()) {
			throw new IllegalStateException("There is no test of a transformer: write one into a file "
					+ "'<transformer>.mega-test.yml' on the class path, or into 'mega.transformers.<name>.tests'");
		}
		return tests.entrySet()
			.stream()
			.map((entry) -> DynamicContainer.dynamicContainer(entry.getKey(), entry.getValue()));
	}

	private static void run(TransformerTest test) throws InterruptedException {
		String failure = test.run();
		if (failure != null) {
			throw new AssertionError(
					"The transformer '" + test.transformer() + "' does not do as its test says:\n" + failure);
		}
	}

}
