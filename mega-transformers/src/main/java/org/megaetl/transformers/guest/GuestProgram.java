package org.megaetl.transformers.guest;

/**
 * A guest that is loaded: of which instances can be made. Safe for use by several
 * threads.
 */
@FunctionalInterface
public interface GuestProgram {

	/**
	 * Creates an instance.
	 * @return an instance that has run nothing of the guest yet
	 */
	GuestInstance newInstance();

	/**
	 * Whether instances can transform several events in one call.
	 * @return whether they can, and are faster so
	 */
	default boolean takesSeveralEvents() {
		return false;
	}

}
