package org.megaetl.transformers.guest;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a guest made of one event: rows, as a text or a tree, or a refusal; or nothing of
 * these if it skips the event.
 *
 * @param json the rows as JSON, or {@code null}
 * @param tree the rows as the tree that their JSON is read as, or {@code null}
 * @param refusal why the guest refuses the event, or {@code null} if it does not
 */
public record GuestOutput(@Nullable String json, @Nullable JsonNode tree, @Nullable String refusal) {

	/**
	 * The guest skips the event.
	 */
	public static final GuestOutput NONE = new GuestOutput(null, null, null);

	/**
	 * The guest returns rows.
	 * @param json the rows as JSON
	 * @return the output
	 */
	public static GuestOutput json(String json) {
		return new GuestOutput(json, null, null);
	}

	/**
	 * The guest returns rows, of which is known that their JSON is no longer than
	 * allowed.
	 * @param tree the rows as the tree that their JSON is read as
	 * @return the output
	 */
	public static GuestOutput tree(JsonNode tree) {
		return new GuestOutput(null, tree, null);
	}

	/**
	 * The guest refuses the event.
	 * @param refusal why
	 * @return the output
	 */
	public static GuestOutput refused(String refusal) {
		return new GuestOutput(null, null, refusal);
	}

}
