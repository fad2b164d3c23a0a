package org.megaetl.connector.ethereum;

import java.time.Instant;

import org.megaetl.connector.ethereum.rpc.EndpointException;
import tools.jackson.databind.JsonNode;

/**
 * What is kept in mind of a block.
 *
 * @param number the block's number
 * @param hash its hash
 * @param parentHash the hash of the block before it
 * @param timestamp its time, in seconds since 1970
 * @param logsBloom its bloom filter, empty if the node does not have it
 */
record Header(long number, String hash, String parentHash, long timestamp, Bloom logsBloom) {

	static Header of(JsonNode block) {
		return new Header(Hex.number(block, "number"), Hex.text(block, "hash"), Hex.text(block, "parentHash"),
				Hex.number(block, "timestamp"), Bloom.of(block.path("logsBloom").asString("")));
	}

	/**
	 * Returns the header of a block that must be there.
	 * @param what which block it is, in words
	 * @throws EndpointException if it is not
	 */
	static Header required(JsonNode block, String what) {
		if (!block.isObject()) {
			throw new EndpointException("it does not know the block " + what);
		}
		return of(block);
	}

	Instant time() {
		return Instant.ofEpochSecond(this.timestamp);
	}

	@Override
	public String toString() {
		return "block " + this.number + " (" + this.hash + ")";
	}

}
