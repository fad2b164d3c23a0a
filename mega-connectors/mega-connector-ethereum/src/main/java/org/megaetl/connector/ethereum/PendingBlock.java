package org.megaetl.connector.ethereum;

import java.util.List;

import tools.jackson.databind.JsonNode;

/**
 * What a node expects to be its next block.
 *
 * @param number the block's number
 * @param parentHash the hash of the block before it
 * @param transactions the transactions that pass the filters
 */
record PendingBlock(long number, String parentHash, List<JsonNode> transactions) {

	/**
	 * Returns whether none of its transactions is part of a block that was read.
	 * @param cursor where the chain was read to
	 * @param atHead whether blocks are read that may be taken back: it must follow the
	 * last one then
	 */
	boolean follows(Cursor cursor, boolean atHead) {
		if (!atHead) {
			return this.number >= cursor.next();
		}
		return this.number == cursor.next()
				&& (cursor.parentHash() == null || cursor.parentHash().equals(this.parentHash));
	}

}
