package org.megaetl.connector.kafka;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * What an inbound reads.
 *
 * @param topics the names of topics
 * @param pattern what the names of topics match, if there is no list
 */
record Subscription(List<String> topics, @Nullable Pattern pattern) {

	boolean includes(String topic) {
		return (this.pattern != null) ? this.pattern.matcher(topic).matches() : this.topics.contains(topic);
	}

	/**
	 * Returns what another reads, too, as far as that can be told: two patterns may match
	 * the same names though they are not the same.
	 * @param other the other
	 * @return what both read, or {@code null}
	 */
	@Nullable String common(Subscription other) {
		if (this.pattern != null && other.pattern != null) {
			return this.pattern.pattern().equals(other.pattern.pattern()) ? toString() : null;
		}
		if (this.pattern != null) {
			return other.common(this);
		}
		return this.topics.stream().filter(other::includes).findFirst().map((topic) -> "topic " + topic).orElse(null);
	}

	@Override
	public String toString() {
		return (this.pattern != null) ? "topics like " + this.pattern
				: ((this.topics.size() > 1) ? "topics " : "topic ") + String.join(", ", this.topics);
	}

}
