package org.megaetl.validation;

import org.jspecify.annotations.Nullable;

/**
 * A test of a transformer that is written down and not programmed: an event, and what
 * must become of it.
 */
public interface TransformerTest {

	/**
	 * Returns the name of the transformer.
	 * @return the name
	 */
	String transformer();

	/**
	 * Returns the name of the test.
	 * @return the name, which says what must hold
	 */
	String name();

	/**
	 * Lets the transformer transform the event. Nothing is written.
	 * @return what is not as expected, with what was expected and what was found;
	 * {@code null} if all is
	 * @throws InterruptedException if the calling thread is to stop
	 */
	@Nullable String run() throws InterruptedException;

}
