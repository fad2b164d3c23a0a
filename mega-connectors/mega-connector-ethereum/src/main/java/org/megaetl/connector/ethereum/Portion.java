package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

/**
 * Blocks that are written in one transaction.
 */
final class Portion {

	private final List<Event> events = new ArrayList<>();

	private final NavigableMap<Long, Kept> window = new TreeMap<>();

	private final List<String> ended = new ArrayList<>();

	private @Nullable Header last;

	void add(Event event) {
		this.events.add(event);
	}

	/**
	 * Notes a block that may be taken back.
	 * @param events what is needed to undo it, or {@code null}
	 */
	void remember(WindowBlock block, byte @Nullable [] events) {
		this.window.put(block.number(), new Kept(block, events));
	}

	/**
	 * Leaves out the blocks up to one, as they are not taken back any more.
	 */
	void forget(long number) {
		this.window.headMap(number, true).clear();
	}

	/**
	 * Notes that a transaction is pending no more.
	 */
	void end(String hash) {
		this.ended.add(hash);
	}

	/**
	 * Notes that a block is complete.
	 */
	void endWith(Header header) {
		this.last = header;
	}

	boolean isEmpty() {
		return this.last == null;
	}

	Header last() {
		return Objects.requireNonNull(this.last);
	}

	List<Event> events() {
		return this.events;
	}

	Collection<Kept> remembered() {
		return this.window.values();
	}

	List<String> ended() {
		return this.ended;
	}

	void clear() {
		this.events.clear();
		this.window.clear();
		this.ended.clear();
		this.last = null;
	}

	/**
	 * A block that may be taken back.
	 *
	 * @param block the block
	 * @param events what is needed to undo it, or {@code null}
	 */
	record Kept(WindowBlock block, byte @Nullable [] events) {

	}

}
