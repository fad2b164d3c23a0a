package org.megaetl.validation;

import java.util.List;

/**
 * Where the tests of transformers come from. A bean.
 */
@FunctionalInterface
public interface TransformerTests {

	/**
	 * Returns all tests, read anew.
	 * @return the tests, those of one transformer one after another
	 * @throws org.megaetl.config.InvalidConfigurationException if there is a mistake in
	 * how one is written
	 */
	List<TransformerTest> all();

}
