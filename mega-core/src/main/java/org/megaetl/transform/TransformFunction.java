package org.megaetl.transform;

import org.jspecify.annotations.Nullable;

/**
 * What the two forms of a transformer have in common. Implement {@link Transformer}, or
 * {@link DirectTransformer} where statements are not enough, and make it a bean: its bean
 * name is the name that {@code transformer:} of an inbound refers to. One instance serves
 * all threads and all inbounds that name it.
 */
public sealed interface TransformFunction permits Transformer, DirectTransformer {

	/**
	 * Returns the DDL the transformer needs, run once before the first event, and again
	 * whenever its text changes. Write it so that it can be repeated
	 * ({@code CREATE TABLE IF NOT EXISTS}).
	 * @return one or more statements separated by semicolons, or {@code null} for none
	 */
	default @Nullable String initDdl() {
		return null;
	}

}
