package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.pipeline.PipelineSettings;

/**
 * The inbounds of an application by their consumer groups: where two share one, each
 * partition of a topic that both read goes to one of them only.
 */
final class GroupMembers {

	private final List<Member> members = new ArrayList<>();

	/**
	 * Adds an inbound.
	 * @param settings its pipeline
	 * @param clients its clients
	 * @param subscription what it reads
	 * @throws InvalidConfigurationException if another reads some of that in its group
	 */
	void add(PipelineSettings settings, KafkaClients clients, Subscription subscription) {
		Member added = new Member(settings, clients.group(),
				Set.copyOf(List.of(clients.bootstrapServers().split("\\s*,\\s*"))), subscription);
		for (Member member : this.members) {
			String common = member.common(added);
			if (common != null) {
				throw new InvalidConfigurationException(
						("The inbounds '%s' and '%s' both read the %s in the consumer group '%s', so that each would "
								+ "miss the events of the partitions that the other gets.")
							.formatted(member.settings.name(), settings.name(), common, added.group),
						"Set '" + settings.property("group-id") + "' to a group of its own, or remove one of the two.");
			}
		}
		this.members.add(added);
	}

	/**
	 * An inbound.
	 *
	 * @param settings its pipeline
	 * @param group its group
	 * @param servers some of its brokers
	 * @param subscription what it reads
	 */
	private record Member(PipelineSettings settings, String group, Set<String> servers, Subscription subscription) {

		@Nullable String common(Member other) {
			boolean same = this.group.equals(other.group) && !Collections.disjoint(this.servers, other.servers);
			return same ? this.subscription.common(other.subscription) : null;
		}

	}

}
