package org.megaetl.connector.ethereum;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;

/**
 * A log, as the events of an inbound with {@code data: logs} have it.
 *
 * @param chainId the chain's id
 * @param blockNumber the block's number
 * @param blockHash the block's hash
 * @param timestamp the block's time
 * @param transactionHash the transaction that emitted it
 * @param transactionIndex the transaction's place in the block
 * @param logIndex its place in the block: with the block's hash, what identifies it
 * @param address the contract that emitted it
 * @param topics its topics, hexadecimal
 * @param data its data, hexadecimal
 * @param event the event's name, or {@code null} if it was not decoded
 * @param signature the event's signature, such as
 * {@code Transfer(address,address,uint256)}, or {@code null} if it was not decoded
 * @param arguments the event's arguments by name, or {@code null} if it was not decoded:
 * integers are decimal strings, addresses and bytes hexadecimal strings, arrays lists,
 * tuples maps. Of an indexed argument of dynamic length there is only the hash
 */
public record Log(String chainId, long blockNumber, String blockHash, Instant timestamp, String transactionHash,
		int transactionIndex, int logIndex, String address, List<String> topics, String data, @Nullable String event,
		@Nullable String signature, @Nullable Map<String, Object> arguments) {

	/**
	 * Reads the log of an event.
	 * @param event an event of an inbound with {@code data: logs}
	 * @return the log
	 */
	public static Log of(Event event) {
		return Payloads.read(event, Log.class);
	}

	/**
	 * Returns an argument as text.
	 * @param name the argument's name
	 * @return its value, as it is in JSON
	 * @throws IllegalArgumentException if there is no such argument
	 */
	public String text(String name) {
		Object value = (this.arguments != null) ? this.arguments.get(name) : null;
		if (value == null) {
			throw new IllegalArgumentException("The log " + this.blockHash + "/" + this.logIndex
					+ ((this.arguments != null) ? " has no argument '" + name + "', but " + this.arguments.keySet()
							: " was not decoded: it fits nothing that the inbound's 'events' or 'abi' say"));
		}
		return value.toString();
	}

	/**
	 * Returns an argument as a number.
	 * @param name the argument's name
	 * @return its value
	 * @throws IllegalArgumentException if there is no such argument, or it is no integer
	 */
	public BigInteger integer(String name) {
		return new BigInteger(text(name));
	}

}
