package org.megaetl.connector.ethereum;

/**
 * A block that was written and may be taken back.
 *
 * @param number the block's number
 * @param hash its hash; empty for the block before the first one that was read, of which
 * nothing was written
 * @param parentHash the hash of the block before it
 * @param timestamp its time, in seconds since 1970
 */
record WindowBlock(long number, String hash, String parentHash, long timestamp) {

	static WindowBlock of(Header header) {
		return new WindowBlock(header.number(), header.hash(), header.parentHash(), header.timestamp());
	}

	static WindowBlock beforeStart(long start) {
		return new WindowBlock(start - 1, "", "", 0);
	}

	boolean isBeforeStart() {
		return this.hash.isEmpty();
	}

}
