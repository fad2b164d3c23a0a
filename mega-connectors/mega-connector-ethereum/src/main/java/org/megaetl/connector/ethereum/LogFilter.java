package org.megaetl.connector.ethereum;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which logs are read.
 *
 * @param addresses the contracts, in lower case; empty for all
 * @param topics for each place the alternatives, in lower case; an empty place is any
 */
record LogFilter(List<String> addresses, List<List<String>> topics) {

	LogFilter {
		addresses = addresses.stream().map((address) -> address.toLowerCase(Locale.ROOT)).toList();
		topics = topics.stream()
			.map((place) -> place.stream().map((topic) -> topic.toLowerCase(Locale.ROOT)).toList())
			.toList();
	}

	boolean isEmpty() {
		return this.addresses.isEmpty() && this.topics.stream().allMatch(List::isEmpty);
	}

	/**
	 * Returns the filter as {@code eth_getLogs} takes it.
	 * @param range what says which blocks
	 */
	Map<String, @Nullable Object> toParameter(Map<String, String> range) {
		Map<String, @Nullable Object> parameter = new LinkedHashMap<>(range);
		if (!this.addresses.isEmpty()) {
			parameter.put("address", this.addresses);
		}
		if (!this.topics.isEmpty()) {
			parameter.put("topics", this.topics.stream().map((place) -> place.isEmpty() ? null : place).toList());
		}
		return parameter;
	}

	boolean matches(JsonNode log) {
		return (this.addresses.isEmpty() || this.addresses.contains(lower(log.path("address")))) && matchesTopics(log);
	}

	private boolean matchesTopics(JsonNode log) {
		for (int i = 0; i < this.topics.size(); i++) {
			List<String> place = this.topics.get(i);
			if (log.path("topics").size() <= i
					|| (!place.isEmpty() && !place.contains(lower(log.path("topics").get(i))))) {
				return false;
			}
		}
		return true;
	}

	private static String lower(JsonNode node) {
		return node.asString("").toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns whether a block may have logs that pass: never {@code false} if it has.
	 */
	boolean mayMatch(Bloom bloom) {
		return isIn(bloom, this.addresses) && this.topics.stream().allMatch((place) -> isIn(bloom, place));
	}

	private static boolean isIn(Bloom bloom, List<String> alternatives) {
		return alternatives.isEmpty() || alternatives.stream().anyMatch((value) -> bloom.mayContain(Hex.bytes(value)));
	}

}
