package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

import org.megaetl.connector.ethereum.rpc.EndpointException;

/**
 * The last blocks that were written and may be taken back.
 */
final class ReorgWindow {

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
	 * @return from where to read on, and what to undo before
	 * @throws DeepReorgException if it is older than all that is known
	 * @throws EndpointException if all that was written still is part of the chain
	 */
	Fork fork(ChainReader reader, Cursor cursor) throws InterruptedException {
		Fork fork = find(reader, cursor);
		if (fork.orphaned().isEmpty()) {
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

	private Fork find(ChainReader reader, Cursor cursor) throws InterruptedException {
		if (this.blocks.isEmpty()) {
			if (chain(reader, cursor.next() - 1, cursor.next() - 1).containsValue(cursor.parentHash())) {
				throw agreed(cursor);
			}
			throw new DeepReorgException("Block " + (cursor.next() - 1) + " (" + cursor.parentHash()
					+ ") was final, but is no longer part of the chain");
		}
		WindowBlock first = this.blocks.firstEntry().getValue();
		Map<Long, String> chain = chain(reader, Math.max(0, first.number() - 1), cursor.next() - 1);
		List<WindowBlock> orphaned = new ArrayList<>();
		for (WindowBlock block : this.blocks.descendingMap().values()) {
			if (block.isBeforeStart()) {
				return new Fork(new Cursor(block.number() + 1, null), orphaned);
			}
			if (block.hash().equals(chain.get(block.number()))) {
				return new Fork(new Cursor(block.number() + 1, block.hash()), orphaned);
			}
			orphaned.add(block);
		}
		if (first.parentHash().equals(chain.get(first.number() - 1))) {
			return new Fork(new Cursor(first.number(), first.parentHash()), orphaned);
		}
		throw new DeepReorgException("Blocks " + (first.number() - 1) + " to " + (cursor.next() - 1)
				+ " were written, but none of them is still part of the chain, and older ones are not known "
				+ "(reorg-window is " + this.most + ")");
	}

	private static Map<Long, String> chain(ChainReader reader, long from, long to) throws InterruptedException {
		Map<Long, String> chain = new HashMap<>();
		reader.headers(from, to).forEach((header) -> chain.put(header.number(), header.hash()));
		if (chain.size() != to - from + 1) {
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
