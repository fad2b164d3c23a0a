package org.megaetl.transform;

import java.util.Map;

/**
 * Brings transformers that are not beans, such as those described by configuration, into
 * the {@link TransformerRegistry}. A bean of this type is asked once.
 */
@FunctionalInterface
public interface TransformerProvider {

	/**
	 * Returns the transformers.
	 * @return the transformers by the name that {@code transformer:} of an inbound refers
	 * to
	 */
	Map<String, ? extends TransformFunction> transformers();

}
