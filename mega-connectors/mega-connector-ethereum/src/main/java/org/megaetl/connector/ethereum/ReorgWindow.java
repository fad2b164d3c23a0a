package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.rpc.EndpointException;

/**
 * The last blocks that were written and may be taken back.
 */
final class ReorgWindow {

	/** Most often, no more than one block is taken back. */
	private static final int FIRST_STEP = 2;

	/**
	 * Few enough to be known before a lease ends, though few calls a second are answered.
	 */
	private static final int LAST_STEP = 4;

	private final int most;

	private final NavigableMap<Long, WindowBlock> blocks = new TreeMap<>();

	ReorgWindow(int most) {
		this.most = most;
	}

	void reset(List<WindowBlock> stored) {
		this.blocks.clear();
		stored.forEach(this::add);
	}

	void add(WindowBlock block) {
		this.blocks.put(block.number(), block);
	}

	boolean isEmpty() {
		return this.blocks.isEmpty();
	}

	/**
	 * Returns the number up to which blocks need not be kept.
	 * @param last the number of the last block
	 * @param finalized the number of the last block that will not be taken back
	 */
	long dispensable(long last, long finalized) {
		return Math.max(finalized, last - this.most);
	}

	boolean hasUpTo(long number) {
		return !this.blocks.isEmpty() && this.blocks.firstKey() <= number;
	}

	void remove(long number) {
		this.blocks.remove(number);
	}

	void removeUpTo(long number) {
		this.blocks.headMap(number, true).clear();
	}

	/**
	 * Looks for the last block that is still part of the chain.
	 * @param cursor where the chain was read to
	 * @param stillLeads asked now and then, so that a lease does not end meanwhile
	 * @return from where to read on, and what to undo before, or {@code null} if this
	 * instance is not to read any more
	 * @throws DeepReorgException if it is older than all that is known
	 * @throws EndpointException if all that was written still is part of the chain
	 */
	@Nullable Fork fork(ChainReader reader, Cursor cursor, BooleanSupplier stillLeads) throws InterruptedException {
		Fork fork = find(reader, cursor, stillLeads);
		if (fork != null && fork.orphaned().isEmpty()) {
			throw agreed(cursor);
		}
		return fork;
	}

	/**
	 * What is not there any more when it is looked at again was a node that errs: nothing
	 * is undone for it, and nobody called for.
	 */
	private static EndpointException agreed(Cursor cursor) {
		return new EndpointException("the nodes do not agree: the one says that block " + (cursor.next() - 1) + " ("
				+ cursor.parentHash() + ") is part of the chain, the other that it is not");
	}

	private @Nullable Fork find(ChainReader reader, Cursor cursor, BooleanSupplier stillLeads)
			throws InterruptedException {
		long top = cursor.next() - 1;
		if (this.blocks.isEmpty()) {
			if (chain(reader, top, top).get(0).hash().equals(cursor.parentHash())) {
				throw agreed(cursor);
			}
			throw new DeepReorgException(
					"Block " + top + " (" + cursor.parentHash() + ") was final, but is no longer part of the chain");
		}
		Map<Long, String> hashes = new HashMap<>();
		long bottom = Math.max(0, this.blocks.firstKey() - 1);
		Header above = null;
		long to = top;
		for (int step = FIRST_STEP; to >= bottom; step = Math.min(LAST_STEP, step * 2)) {
			long from = Math.max(bottom, to - step + 1);
			List<Header> chain = chain(reader, from, to);
			if (above != null && !BlockReader.isChild(above, chain.get(chain.size() - 1))) {
				throw new EndpointException("the chain has changed while its blocks were compared");
			}
			chain.forEach((header) -> hashes.put(header.number(), header.hash()));
			Fork fork = findAmong(hashes, from);
			if (fork != null) {
				return fork;
			}
			if (!stillLeads.getAsBoolean()) {
				return null;
			}
			above = chain.get(0);
			to = from - 1;
		}
		throw new DeepReorgException("Blocks " + (this.blocks.firstKey() - 1) + " to " + top
				+ " were written, but none of them is still part of the chain, and older ones are not known "
				+ "(reorg-window is " + this.most + ")");
	}

	/**
	 * Looks for the last block that is part of the chain as far as that is known.
	 * @param hashes the hashes of the chain's blocks by number
	 * @param from the number from which on they are known
	 */
	private @Nullable Fork findAmong(Map<Long, String> hashes, long from) {
		List<WindowBlock> orphaned = new ArrayList<>();
		for (WindowBlock block : this.blocks.tailMap(from, true).descendingMap().values()) {
			if (block.isBeforeStart()) {
				return new Fork(new Cursor(block.number() + 1, null), orphaned);
			}
			if (block.hash().equals(hashes.get(block.number()))) {
				return new Fork(new Cursor(block.number() + 1, block.hash()), orphaned);
			}
			orphaned.add(block);
		}
		WindowBlock first = this.blocks.firstEntry().getValue();
		if (first.parentHash().equals(hashes.get(first.number() - 1))) {
			return new Fork(new Cursor(first.number(), first.parentHash()), orphaned);
		}
		return null;
	}

	private static List<Header> chain(ChainReader reader, long from, long to) throws InterruptedException {
		List<Header> chain = reader.headers(from, to);
		if (!chain.stream().map(Header::number).toList().equals(LongStream.rangeClosed(from, to).boxed().toList())) {
			throw new EndpointException(
					"the chain has changed, but not all of its blocks from " + from + " to " + to + " are known yet");
		}
		return chain;
	}

	/**
	 * Where the chain has parted from what was written.
	 *
	 * @param ancestor from where to read on
	 * @param orphaned the blocks to undo, the latest first
	 */
	record Fork(Cursor ancestor, List<WindowBlock> orphaned) {

	}

}
