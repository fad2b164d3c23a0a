package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Claim;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Finality;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.PendingTransactions.Ended;
import org.megaetl.connector.ethereum.PendingTransactions.Seen;
import org.megaetl.connector.ethereum.ReorgWindow.Fork;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.sql.SqlStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was read under one claim: each move of the position with its rows, and with
 * what the next moves need to know of it.
 */
final class ChainWriter {

	private static final Logger logger = LoggerFactory.getLogger(ChainWriter.class);

	private final PullPipeline pipeline;

	private final Inbound inbound;

	private final ChainStore store;

	private final EventFactory factory;

	private final Undo undo;

	private final ReorgWindow window;

	private final PendingTransactions pending = new PendingTransactions();

	private @Nullable Claim claim;

	private Cursor cursor = new Cursor(0, null);

	private String chainId = "";

	ChainWriter(PullPipeline pipeline, Inbound inbound, ChainStore store, EventFactory factory, Undo undo) {
		this.pipeline = pipeline;
		this.inbound = inbound;
		this.store = store;
		this.factory = factory;
		this.undo = undo;
		this.window = new ReorgWindow(inbound.reorgWindow());
	}

	/**
	 * Begins to write under a claim.
	 */
	void begin(Claim claimed, String chainId) {
		this.cursor = Cursor.parse(claimed.position());
		this.chainId = chainId;
		this.window.reset((this.cursor.parentHash() != null) ? this.store.blocksBefore(this.cursor.next()) : List.of());
		this.pending.reset(this.inbound.pending() ? this.store.pending() : List.of());
		this.claim = claimed;
	}

	/**
	 * Writes no more until there is another claim.
	 */
	void release() {
		this.claim = null;
	}

	/**
	 * Returns whether there is a claim that is not known to be lost.
	 */
	boolean isClaimed() {
		return this.claim != null;
	}

	/**
	 * Returns where the chain is to be read on.
	 */
	Cursor cursor() {
		return this.cursor;
	}

	PendingTransactions pending() {
		return this.pending;
	}

	/**
	 * Returns whether what was written is not what a block follows.
	 */
	boolean isOther(String parentHash) {
		return this.cursor.parentHash() != null && !this.cursor.parentHash().equals(parentHash);
	}

	/**
	 * Writes blocks, as many in one transaction as have few enough events.
	 * @param blocks the blocks, of which the first follows what was written
	 * @return whether the claim still holds
	 */
	boolean write(List<BlockData> blocks, Heads heads) throws InterruptedException {
		Portion portion = new Portion();
		for (BlockData block : blocks) {
			List<Ended> ended = this.pending.endedBy(block);
			if (!ended.isEmpty() && !deliver(portion, heads)) {
				return false;
			}
			add(portion, block, ended, heads);
			// what ends with a block is forgotten with it: a batch of one block is never
			// cut in two
			if ((portion.events().size() >= this.inbound.batchSize() || !ended.isEmpty()) && !deliver(portion, heads)) {
				return false;
			}
		}
		return deliver(portion, heads);
	}

	private void add(Portion portion, BlockData block, List<Ended> ended, Heads heads) {
		List<Event> events = this.factory.events(block, this.chainId);
		Header header = block.header();
		if (header.number() > heads.finalized()) {
			boolean isFirst = portion.isEmpty() && this.window.isEmpty() && this.cursor.parentHash() == null;
			if (isFirst && header.number() > 0) {
				portion.remember(WindowBlock.beforeStart(header.number()), null);
			}
			portion.remember(WindowBlock.of(header), this.undo.keep(events));
		}
		for (Ended end : ended) {
			portion.end(end.hash());
			if (end.isDropped()) {
				dropped(end.hash(), Cursor.after(header)).ifPresent(portion::add);
			}
		}
		events.forEach(portion::add);
		portion.endWith(header);
	}

	private boolean deliver(Portion portion, Heads heads) throws InterruptedException {
		if (portion.isEmpty()) {
			return true;
		}
		Header last = portion.last();
		long dispensable = this.window.dispensable(last.number(), heads.finalized());
		boolean prunes = this.window.hasUpTo(dispensable);
		List<SqlStatement> statements = new ArrayList<>();
		portion.forget(dispensable);
		portion.remembered().forEach((kept) -> statements.add(this.store.write(kept.block(), kept.events())));
		if (prunes) {
			statements.add(this.store.removeUpTo(dispensable));
		}
		portion.ended().forEach((hash) -> statements.add(this.store.removePending(hash)));
		if (!move(portion.events(), Cursor.after(last), statements)) {
			return false;
		}
		portion.remembered().forEach((kept) -> this.window.add(kept.block()));
		if (prunes) {
			this.window.removeUpTo(dispensable);
		}
		portion.ended().forEach(this.pending::remove);
		portion.clear();
		return true;
	}

	/**
	 * Undoes what is no longer part of the chain.
	 * @return whether the claim still holds
	 */
	boolean takeBack(ChainReader reader) throws InterruptedException {
		Fork fork = this.window.fork(reader, this.cursor, this.store::lead);
		if (fork == null) {
			return false;
		}
		long first = fork.ancestor().next();
		logger.warn("Pipeline '{}': blocks {} to {} are no longer part of the chain and are undone",
				this.pipeline.name(), first, this.cursor.next() - 1);
		if (!this.undo.isPossible()) {
			throw new DeepReorgException("Blocks " + first + " to " + (this.cursor.next() - 1)
					+ " are no longer part of the chain, and neither 'reorg-tables' nor the transformer says how their "
					+ "rows are undone");
		}
		List<DeadLetter> letters = this.store.lettersOf(fork.orphaned());
		List<SqlStatement> statements = this.undo.statements(fork.orphaned(), letters, this.store, this.factory);
		statements.add(this.store.removeFrom(first));
		if (!move(List.of(), fork.ancestor(), statements, letters.stream().map(DeadLetter::id).toList())) {
			return false;
		}
		if (!letters.isEmpty()) {
			logger.info("Pipeline '{}': {} dead letters of these blocks are deleted", this.pipeline.name(),
					letters.size());
		}
		fork.orphaned().forEach((block) -> this.window.remove(block.number()));
		return true;
	}

	/**
	 * Writes transactions that wait for a block, and keeps them in mind.
	 * @param block what the node expects to be the next block
	 * @return whether the claim still holds
	 */
	boolean writePending(PendingBlock block) throws InterruptedException {
		if (!block.follows(this.cursor, this.inbound.finality() == Finality.LATEST)) {
			// a node that lags behind, or a block that comes next
			return true;
		}
		List<Seen> seen = this.pending.unknownOf(block);
		for (int i = 0; i < seen.size(); i += this.inbound.batchSize()) {
			List<Seen> some = seen.subList(i, Math.min(seen.size(), i + this.inbound.batchSize()));
			List<Event> events = new ArrayList<>(some.size());
			List<SqlStatement> statements = new ArrayList<>(some.size());
			for (Seen transaction : some) {
				Event event = this.factory.pending(transaction.json(), this.chainId, this.cursor);
				events.add(event);
				statements.add(this.store.writePending(transaction.known(), event.payload()));
			}
			if (!move(events, this.cursor, statements)) {
				return false;
			}
			some.forEach((transaction) -> this.pending.add(transaction.known()));
		}
		return true;
	}

	/**
	 * Writes that transactions are not waiting for a block any more.
	 * @return whether the claim still holds
	 */
	boolean writeDropped(List<String> hashes) throws InterruptedException {
		List<Event> events = new ArrayList<>(hashes.size());
		hashes.forEach((hash) -> dropped(hash, this.cursor).ifPresent(events::add));
		if (!move(events, this.cursor, hashes.stream().map(this.store::removePending).toList())) {
			return false;
		}
		hashes.forEach(this.pending::remove);
		return true;
	}

	private Optional<Event> dropped(String hash, Cursor next) {
		return this.store.pendingPayload(hash).map((payload) -> this.factory.dropped(hash, payload, next));
	}

	private boolean move(List<Event> events, Cursor next, List<? extends SqlStatement> statements)
			throws InterruptedException {
		return move(events, next, statements, List.of());
	}

	private boolean move(List<Event> events, Cursor next, List<? extends SqlStatement> statements, List<Long> letters)
			throws InterruptedException {
		Claim current = Objects.requireNonNull(this.claim);
		EventBatch batch = new EventBatch(events,
				List.of(current.advance(this.cursor.toString(), next.toString(), List.copyOf(statements))
					.deletingDeadLetters(letters)));
		if (!this.pipeline.deliver(batch).lostKeys().isEmpty()) {
			// somebody else has moved it, or replayed a dead letter: claimed anew, it is
			// read on from there
			this.claim = null;
			return false;
		}
		this.cursor = next;
		return true;
	}

}
