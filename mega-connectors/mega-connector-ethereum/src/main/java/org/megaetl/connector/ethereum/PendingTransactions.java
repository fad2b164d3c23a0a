package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/**
 * The transactions that were written as pending and have not been written otherwise
 * since, as the table {@code mega_ethereum_pending} has them.
 */
final class PendingTransactions {

	/** So that memory does not grow with what senders are up to. */
	private static final int MOST = 50_000;

	/** As many are asked for at once. */
	private static final int MOST_MISSED = 100;

	private final Map<String, Tracked> known = new LinkedHashMap<>();

	void reset(Collection<Known> stored) {
		this.known.clear();
		stored.forEach(this::add);
	}

	void add(Known transaction) {
		this.known.put(transaction.hash(), new Tracked(transaction, System.nanoTime()));
	}

	void remove(String hash) {
		this.known.remove(hash);
	}

	/**
	 * Returns which of the transactions are not pending any more once a block is written:
	 * those that are part of it, and those whose senders have used their nonces for
	 * others.
	 */
	List<Ended> endedBy(BlockData block) {
		if (this.known.isEmpty()) {
			return List.of();
		}
		Set<String> hashes = new HashSet<>();
		Map<String, Long> nonces = new HashMap<>();
		for (JsonNode transaction : block.block().path("transactions")) {
			hashes.add(Hex.text(transaction, "hash"));
			nonces.merge(senderOf(transaction), Hex.number(transaction, "nonce"), Math::max);
		}
		List<Ended> ended = new ArrayList<>();
		for (Tracked tracked : this.known.values()) {
			Known transaction = tracked.transaction;
			boolean isPart = hashes.contains(transaction.hash());
			Long used = nonces.get(transaction.sender());
			if (isPart || (used != null && used >= transaction.nonce())) {
				ended.add(new Ended(transaction.hash(), !isPart));
			}
		}
		return ended;
	}

	/**
	 * Notes which transactions are still pending.
	 * @return the transactions that were not before
	 */
	List<Seen> unknownOf(PendingBlock block) {
		List<Seen> unknown = new ArrayList<>();
		Set<String> hashes = new HashSet<>();
		for (JsonNode transaction : block.transactions()) {
			Tracked tracked = this.known.get(Hex.text(transaction, "hash"));
			if (tracked != null) {
				tracked.seenAt = System.nanoTime();
			}
			else if (this.known.size() + unknown.size() < MOST && hashes.add(Hex.text(transaction, "hash"))) {
				unknown.add(new Seen(new Known(Hex.text(transaction, "hash"), senderOf(transaction),
						Hex.number(transaction, "nonce")), transaction));
			}
		}
		return unknown;
	}

	/**
	 * Returns transactions that were not seen for long, but not too many.
	 */
	List<String> missedFor(Duration time) {
		long before = System.nanoTime() - time.toNanos();
		return this.known.values()
			.stream()
			.filter((tracked) -> tracked.seenAt - before < 0)
			.limit(MOST_MISSED)
			.map((tracked) -> tracked.transaction.hash())
			.toList();
	}

	/**
	 * Notes that transactions are known somewhere.
	 */
	void stillKnown(List<String> hashes) {
		hashes.forEach((hash) -> {
			Tracked tracked = this.known.get(hash);
			if (tracked != null) {
				tracked.seenAt = System.nanoTime();
			}
		});
	}

	private static String senderOf(JsonNode transaction) {
		return Hex.text(transaction, "from").toLowerCase(Locale.ROOT);
	}

	/**
	 * A pending transaction.
	 *
	 * @param hash its hash
	 * @param sender who has sent it, in lower case
	 * @param nonce the number of transactions the sender had sent before
	 */
	record Known(String hash, String sender, long nonce) {

	}

	/**
	 * A pending transaction that is new.
	 *
	 * @param known what to keep in mind of it
	 * @param json the transaction as the node has it
	 */
	record Seen(Known known, JsonNode json) {

	}

	/**
	 * A transaction that is pending no more.
	 *
	 * @param hash its hash
	 * @param isDropped whether it will not be part of a block
	 */
	record Ended(String hash, boolean isDropped) {

	}

	private static final class Tracked {

		private final Known transaction;

		private long seenAt;

		Tracked(Known transaction, long seenAt) {
			this.transaction = transaction;
			this.seenAt = seenAt;
		}

	}

}
