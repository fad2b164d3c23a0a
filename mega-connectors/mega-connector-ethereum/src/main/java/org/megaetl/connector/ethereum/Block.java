package org.megaetl.connector.ethereum;

import java.math.BigInteger;
import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

/**
 * A block, as the events of an inbound with {@code data: blocks} have it. Whatever can be
 * larger than 53 bits is a decimal string in JSON.
 *
 * @param chainId the chain's id
 * @param number the block's number
 * @param hash its hash
 * @param parentHash the hash of the block before it
 * @param timestamp its time
 * @param miner who gets its fees
 * @param gasLimit the gas it may use
 * @param gasUsed the gas it uses
 * @param baseFeePerGas the fee in wei per gas that is burnt, or {@code null} before
 * EIP-1559
 * @param difficulty its difficulty, 0 since the chain does without mining
 * @param size its size in bytes, or {@code null} if the node does not say
 * @param extraData what its builder has put into it, hexadecimal
 * @param transactionCount how many transactions it has
 */
public record Block(String chainId, long number, String hash, String parentHash, Instant timestamp, String miner,
		long gasLimit, long gasUsed, @Nullable @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger baseFeePerGas,
		@JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger difficulty, @Nullable Long size, String extraData,
		int transactionCount) {

	/**
	 * Reads the block of an event.
	 * @param event an event of an inbound with {@code data: blocks}
	 * @return the block
	 */
	public static Block of(Event event) {
		return Payloads.read(event, Block.class);
	}

}
