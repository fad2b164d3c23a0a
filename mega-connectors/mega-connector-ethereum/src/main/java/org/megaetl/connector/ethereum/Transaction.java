package org.megaetl.connector.ethereum;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonFormat;
import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

/**
 * A transaction, as the events of an inbound with {@code data: transactions} have it.
 * Whatever can be larger than 53 bits is a decimal string in JSON.
 *
 * @param chainId the chain's id
 * @param status {@code confirmed}, as it is part of a block; with {@code pending: true}
 * also {@code pending} or {@code dropped}
 * @param hash the transaction's hash
 * @param blockNumber the block's number, or {@code null} unless it is confirmed
 * @param blockHash the block's hash, likewise
 * @param timestamp the block's time, likewise
 * @param index its place in the block, likewise
 * @param type 0 to 4, or a number that is not known yet
 * @param from who has sent it
 * @param to who gets it, or {@code null} if it creates a contract
 * @param value what is transferred, in wei
 * @param nonce the number of transactions its sender had sent before
 * @param gas the gas it may use
 * @param gasPrice what is paid in wei per gas, or {@code null} if the node does not say
 * @param maxFeePerGas the most that may be paid in wei per gas, or {@code null} for a
 * type without it
 * @param maxPriorityFeePerGas the most that the block's builder may be paid in wei per
 * gas, or {@code null} for a type without it
 * @param input what it calls, hexadecimal
 * @param receipt what came of it, or {@code null} without {@code include-receipts}
 */
public record Transaction(String chainId, String status, String hash, @Nullable Long blockNumber,
		@Nullable String blockHash, @Nullable Instant timestamp, @Nullable Integer index, int type, String from,
		@Nullable String to, @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger value, long nonce, long gas,
		@Nullable @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger gasPrice,
		@Nullable @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger maxFeePerGas,
		@Nullable @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger maxPriorityFeePerGas, String input,
		@Nullable Receipt receipt) {

	static final String PENDING = "pending";

	static final String CONFIRMED = "confirmed";

	static final String DROPPED = "dropped";

	private static final int DECIMALS = 18;

	/**
	 * Reads the transaction of an event.
	 * @param event an event of an inbound with {@code data: transactions}
	 * @return the transaction
	 */
	public static Transaction of(Event event) {
		return Payloads.read(event, Transaction.class);
	}

	/**
	 * Returns what is transferred.
	 * @return the value in ether, exactly
	 */
	public BigDecimal ether() {
		return new BigDecimal(this.value, DECIMALS);
	}

	/**
	 * What came of a transaction.
	 *
	 * @param success whether it was executed, or {@code null} for one from before
	 * Byzantium, where the receipt does not say
	 * @param gasUsed the gas it used
	 * @param effectiveGasPrice what was paid in wei per gas, or {@code null} if the node
	 * does not say
	 * @param contractAddress the contract it created, or {@code null} for none
	 * @param logCount how many logs it has
	 */
	public record Receipt(@Nullable Boolean success, long gasUsed,
			@Nullable @JsonFormat(shape = JsonFormat.Shape.STRING) BigInteger effectiveGasPrice,
			@Nullable String contractAddress, int logCount) {

	}

}
