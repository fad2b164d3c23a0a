package org.megaetl.connector.ethereum;

import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import com.esaulpaugh.headlong.abi.Address;
import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.AddressCase;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.event.Event;
import org.megaetl.event.SourcePosition;
import tools.jackson.databind.JsonNode;

/**
 * Makes events of what was read: the records as JSON.
 */
final class EventFactory {

	private final String source;

	private final Data data;

	private final AddressCase addressCase;

	private final LogDecoder decoder;

	EventFactory(String source, Data data, AddressCase addressCase, LogDecoder decoder) {
		this.source = source;
		this.data = data;
		this.addressCase = addressCase;
		this.decoder = decoder;
	}

	List<Event> events(BlockData block, String chainId) {
		List<Event> events = new ArrayList<>(block.items().size());
		for (JsonNode item : block.items()) {
			Event event = switch (this.data) {
				case BLOCKS -> event(block.header(), 0, block.header().hash(), block(item, block.header(), chainId));
				case TRANSACTIONS -> {
					int index = Math.toIntExact(Hex.number(item, "transactionIndex"));
					yield event(block.header(), index, Hex.text(item, "hash"),
							transaction(item, block, index, chainId));
				}
				case LOGS -> {
					Log log = log(item, block.header(), chainId);
					yield event(block.header(), log.logIndex(), log.address(), log);
				}
			};
			events.add(event);
		}
		return events;
	}

	private Event event(Header header, int index, String key, Object record) {
		return event(WindowBlock.of(header), index, key, Payloads.write(record));
	}

	/**
	 * Returns an event.
	 * @param block its block; all events of a block end at the same position
	 * @param index its place in the block
	 */
	Event event(WindowBlock block, int index, @Nullable String key, byte[] payload) {
		return Event.from(this.source, payload)
			.key(key)
			.timestamp(Instant.ofEpochSecond(block.timestamp()))
			.position(SourcePosition.of(ChainFollower.PART, block.number() + "/" + index,
					new Cursor(block.number() + 1, block.hash()).toString()))
			.build();
	}

	private Block block(JsonNode block, Header header, String chainId) {
		return new Block(chainId, header.number(), header.hash(), header.parentHash(), header.time(),
				address(Hex.text(block, "miner")), Hex.number(block, "gasLimit"), Hex.number(block, "gasUsed"),
				integer(block, "baseFeePerGas"),
				block.has("difficulty") ? Hex.integer(block, "difficulty") : BigInteger.ZERO,
				block.path("size").isString() ? Hex.number(block, "size") : null, Hex.text(block, "extraData"),
				block.path("transactions").size());
	}

	private Transaction transaction(JsonNode transaction, BlockData data, int index, String chainId) {
		JsonNode receipt = data.receipts().get(Hex.text(transaction, "hash"));
		return transaction(transaction, chainId, Transaction.CONFIRMED, data.header(), index,
				(receipt != null) ? receipt(receipt) : null);
	}

	private Transaction transaction(JsonNode transaction, String chainId, String status, @Nullable Header block,
			@Nullable Integer index, Transaction.@Nullable Receipt receipt) {
		return new Transaction(chainId, status, Hex.text(transaction, "hash"),
				(block != null) ? (Long) block.number() : null, (block != null) ? block.hash() : null,
				(block != null) ? block.time() : null, index,
				transaction.has("type") ? Math.toIntExact(Hex.number(transaction, "type")) : 0,
				address(Hex.text(transaction, "from")), addressOrNull(transaction, "to"),
				Hex.integer(transaction, "value"), Hex.number(transaction, "nonce"), Hex.number(transaction, "gas"),
				integer(transaction, "gasPrice"), integer(transaction, "maxFeePerGas"),
				integer(transaction, "maxPriorityFeePerGas"), Hex.text(transaction, "input"), receipt);
	}

	/**
	 * Returns the event of a transaction that waits for a block.
	 * @param transaction the transaction as the node has it
	 * @param cursor where the chain is read on, with or without it
	 */
	Event pending(JsonNode transaction, String chainId, Cursor cursor) {
		Transaction record = transaction(transaction, chainId, Transaction.PENDING, null, null, null);
		return unconfirmed(Transaction.PENDING, record.hash(), Payloads.write(record), cursor);
	}

	/**
	 * Returns the event of a transaction that will not be part of a block.
	 * @param payload that of the event which said that it is pending
	 * @param cursor where the chain is read on
	 */
	Event dropped(String hash, byte[] payload, Cursor cursor) {
		return unconfirmed(Transaction.DROPPED, hash, Payloads.with(payload, "status", Transaction.DROPPED), cursor);
	}

	private Event unconfirmed(String status, String hash, byte[] payload, Cursor cursor) {
		return Event.from(this.source, payload)
			.key(hash)
			.position(SourcePosition.of(ChainFollower.PART, status + "/" + hash, cursor.toString()))
			.build();
	}

	private Transaction.Receipt receipt(JsonNode receipt) {
		return new Transaction.Receipt(receipt.path("status").isString() ? Hex.number(receipt, "status") == 1 : null,
				Hex.number(receipt, "gasUsed"), integer(receipt, "effectiveGasPrice"),
				addressOrNull(receipt, "contractAddress"), receipt.path("logs").size());
	}

	private Log log(JsonNode log, Header header, String chainId) {
		List<String> topics = new ArrayList<>(4);
		log.path("topics").forEach((topic) -> topics.add(topic.asString()));
		String data = Hex.text(log, "data");
		LogDecoder.Decoded decoded = this.decoder.decode(topics, data, this::address);
		return new Log(chainId, header.number(), header.hash(), header.time(), Hex.text(log, "transactionHash"),
				Math.toIntExact(Hex.number(log, "transactionIndex")), Math.toIntExact(Hex.number(log, "logIndex")),
				address(Hex.text(log, "address")), topics, data, (decoded != null) ? decoded.event() : null,
				(decoded != null) ? decoded.signature() : null, (decoded != null) ? decoded.arguments() : null);
	}

	private static @Nullable BigInteger integer(JsonNode node, String field) {
		return node.path(field).isString() ? Hex.integer(node, field) : null;
	}

	private @Nullable String addressOrNull(JsonNode node, String field) {
		return node.path(field).isString() ? address(node.path(field).asString()) : null;
	}

	private String address(String address) {
		String lower = address.toLowerCase(Locale.ROOT);
		return (this.addressCase == AddressCase.LOWER) ? lower : Address.toChecksumAddress(lower);
	}

}
