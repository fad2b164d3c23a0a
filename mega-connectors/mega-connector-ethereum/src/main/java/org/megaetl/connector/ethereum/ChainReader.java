package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Finality;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.AnswerLimit;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcError;
import org.megaetl.connector.ethereum.rpc.RpcErrorException;
import org.megaetl.connector.ethereum.rpc.RpcReply;
import org.megaetl.connector.ethereum.rpc.RpcRequest;
import org.megaetl.connector.ethereum.rpc.WorkFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.NullNode;

/**
 * Reads blocks, and believes nothing that contradicts itself: an answer that does is
 * asked for elsewhere, or again.
 */
final class ChainReader {

	/** The root of the trie of no transactions. */
	static final String NO_TRANSACTIONS = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";

	private static final String NO_ROOT = "0x" + "0".repeat(64);

	private static final Logger logger = LoggerFactory.getLogger(ChainReader.class);

	private static final int LEAST_BYTES = 1024 * 1024;

	private static final String BLOCK_BY_NUMBER = "eth_getBlockByNumber";

	private final RpcClient client;

	private final Inbound inbound;

	private final TransactionFilter transactions;

	private final LogReader logs;

	private final RangeSize range;

	private final HeadWatch watch = new HeadWatch();

	private volatile boolean hasTags;

	private volatile @Nullable Anchor anchor;

	private volatile boolean warned;

	private volatile boolean warnedOfPending;

	ChainReader(RpcClient client, Inbound inbound, LogFilter filter) {
		this.client = client;
		this.inbound = inbound;
		this.transactions = TransactionFilter.of(inbound.from(), inbound.to(), inbound.minValue());
		this.logs = new LogReader(filter, inbound.verifyBloom());
		this.range = new RangeSize(inbound.maxRange(), mostBytes(inbound.readAhead()));
	}

	/**
	 * As objects, an answer takes several times as much, and as many ranges are kept as
	 * are read ahead.
	 */
	private static long mostBytes(int readAhead) {
		long share = Runtime.getRuntime().maxMemory() / 16 / readAhead;
		return Math.max(LEAST_BYTES, Math.min(RpcEndpoint.MAX_ANSWER, share));
	}

	/**
	 * Returns how many blocks to read at once, for now.
	 */
	int rangeSize() {
		return this.range.current();
	}

	/**
	 * Returns how far the chain can be read.
	 */
	Heads heads() throws InterruptedException {
		Heads heads = this.client.run((endpoint) -> {
			Header latest = required(endpoint.call(BLOCK_BY_NUMBER, "latest", false), "latest");
			Header finalized = tagged(endpoint, "finalized");
			this.anchor = (finalized != null) ? new Anchor(endpoint, finalized) : null;
			Header target = switch (this.inbound.finality()) {
				case LATEST -> latest;
				case SAFE -> tagged(endpoint, "safe");
				case FINALIZED -> finalized;
				case CONFIRMATIONS -> null;
			};
			if (target == null) {
				if (this.inbound.finality() != Finality.CONFIRMATIONS && !this.warned) {
					this.warned = true;
					logger.warn(
							"The chain does not say which blocks are {}: those are read that are {} blocks below "
									+ "its head",
							this.inbound.finality().name().toLowerCase(Locale.ROOT), this.inbound.confirmations());
				}
				long confirmed = latest.number() - this.inbound.confirmations();
				if (confirmed < 0) {
					return new Heads(latest.number(), -1, "", -1);
				}
				target = required(endpoint.call(BLOCK_BY_NUMBER, Hex.quantity(confirmed), false),
						String.valueOf(confirmed));
			}
			return new Heads(latest.number(), target.number(), target.hash(),
					(finalized != null) ? finalized.number() : -1);
		});
		if (this.watch.isSuspect(heads.latest(), System.nanoTime())) {
			this.client.preferAnother();
		}
		return heads;
	}

	/**
	 * A chain that has said once what is final will do so again: what is not must not be
	 * read in its place because a node has just been started.
	 */
	private @Nullable Header tagged(RpcEndpoint endpoint, String tag) {
		RpcReply reply = endpoint.call(List.of(RpcRequest.of(BLOCK_BY_NUMBER, tag, false))).get(0);
		RpcError error = reply.error();
		if ((error != null) ? error.isUnknownTag(tag) : reply.orThrow().isNull()) {
			if (this.hasTags) {
				throw new EndpointException("it does not say just now which block is " + tag);
			}
			return null;
		}
		Header header = Header.of(reply.orThrow());
		this.hasTags = true;
		return header;
	}

	private static Header required(JsonNode block, String what) {
		if (!block.isObject()) {
			throw new EndpointException("it does not know the block " + what);
		}
		return Header.of(block);
	}

	/**
	 * Returns the headers of blocks as far as the chain has them.
	 */
	List<Header> headers(long from, long to) throws InterruptedException {
		return this.client.run((endpoint) -> blocks(endpoint, from, to, false).stream()
			.filter(JsonNode::isObject)
			.map(Header::of)
			.toList());
	}

	/**
	 * Returns what is expected to be the next block.
	 * @param cursor where the chain was read to
	 * @return the block, or {@code null} if the endpoint does not say, or does not have
	 * what was read
	 */
	@Nullable PendingBlock pendingBlock(Cursor cursor) throws InterruptedException {
		JsonNode block = this.client.run((endpoint) -> {
			RpcReply reply = endpoint.call(List.of(RpcRequest.of(BLOCK_BY_NUMBER, "pending", true))).get(0);
			if (reply.error() != null) {
				return MissingNode.getInstance();
			}
			return isOnBranch(endpoint, cursor) ? reply.orThrow() : NullNode.getInstance();
		});
		if (block.isNull()) {
			return null;
		}
		if (!block.path("number").isString() || !block.path("parentHash").isString()) {
			if (!this.warnedOfPending) {
				this.warnedOfPending = true;
				logger.warn("The endpoint does not say which transactions are pending: they are read when they are "
						+ "part of a block");
			}
			return null;
		}
		List<JsonNode> transactions = block.path("transactions")
			.valueStream()
			.filter((transaction) -> transaction.isObject() && this.transactions.matches(transaction))
			.toList();
		return new PendingBlock(Hex.number(block, "number"), Hex.text(block, "parentHash"), transactions);
	}

	/**
	 * Where the head is read, the block's parent says it.
	 */
	private boolean isOnBranch(RpcEndpoint endpoint, Cursor cursor) {
		String hash = cursor.parentHash();
		return hash == null || this.inbound.finality() == Finality.LATEST
				|| endpoint.call(BLOCK_BY_NUMBER, Hex.quantity(cursor.next() - 1), false)
					.path("hash")
					.asString("")
					.equals(hash);
	}

	/**
	 * Returns which transactions are neither pending nor part of a block.
	 */
	List<String> unknownTransactions(List<String> hashes) throws InterruptedException {
		return this.client.run((endpoint) -> {
			List<RpcReply> replies = endpoint
				.call(hashes.stream().map((hash) -> RpcRequest.of("eth_getTransactionByHash", hash)).toList());
			List<String> unknown = new ArrayList<>();
			for (int i = 0; i < hashes.size(); i++) {
				if (replies.get(i).orThrow().isNull()) {
					unknown.add(hashes.get(i));
				}
			}
			return unknown;
		});
	}

	/**
	 * Returns the number of the first block that is not older than a time.
	 * @param seconds the time, in seconds since 1970
	 */
	long firstBlockSince(long seconds) throws InterruptedException {
		return this.client.run((endpoint) -> firstBlockSince(endpoint, seconds));
	}

	/**
	 * What the endpoint has thrown away is the oldest of what there was.
	 */
	private static long firstBlockSince(RpcEndpoint endpoint, long seconds) {
		RpcReply missing = null;
		long low = 0;
		long high = required(endpoint.call(BLOCK_BY_NUMBER, "latest", false), "latest").number() + 1;
		long highTime = 0;
		while (low < high) {
			long middle = (low + high) >>> 1;
			RpcReply reply = endpoint.call(List.of(RpcRequest.of(BLOCK_BY_NUMBER, Hex.quantity(middle), false))).get(0);
			if (isMissing(reply)) {
				missing = reply;
				low = middle + 1;
				continue;
			}
			Header header = required(reply.orThrow(), String.valueOf(middle));
			if (header.timestamp() < seconds) {
				missing = null;
				low = middle + 1;
			}
			else {
				high = middle;
				highTime = header.timestamp();
			}
		}
		if (missing != null && (highTime == 0 || highTime > seconds)) {
			// the last blocks that it does not have may be wanted as well, or it is
			// behind the
			// node that has named the newest
			required(missing.orThrow(), String.valueOf(low - 1));
		}
		return low;
	}

	private static boolean isMissing(RpcReply reply) {
		return (reply.error() != null) ? reply.error().isPruned() : reply.orThrow().isNull();
	}

	/**
	 * Reads blocks, in smaller ranges if they are too many at once.
	 * @param from the number of the first
	 * @param to the number of the last
	 * @param isFinal whether none of them will be taken back
	 * @return as many of them as memory allows, from the first on, in order, each the
	 * parent of the next
	 */
	List<BlockData> read(long from, long to, boolean isFinal) throws InterruptedException {
		List<BlockData> all = new ArrayList<>();
		long bytes = 0;
		long next = from;
		while (next <= to && bytes < this.range.mostBytes()) {
			long first = next;
			long last = Math.min(to, first + this.range.current() - 1);
			Range range;
			try {
				RpcClient.Work<Range> work = (endpoint) -> readRange(endpoint, first, last, isFinal);
				range = (first < last) ? this.client.runDivisible(work) : this.client.run(work);
			}
			catch (RpcErrorException ex) {
				if (!ex.error().isRangeTooLarge() || first == last) {
					throw ex;
				}
				logger.debug("Blocks {} to {} are too many at once: {}", first, last, ex.getMessage());
				this.range.refused(last - first + 1, ex.error().suggestedRange());
				continue;
			}
			catch (WorkFailedException ex) {
				// it may have taken too long, or been too much in words that are not
				// known
				if (first < last) {
					this.range.refused(last - first + 1, OptionalLong.empty());
				}
				throw ex;
			}
			List<BlockData> some = range.blocks();
			if (!all.isEmpty() && !isChild(some.get(0).header(), all.get(all.size() - 1).header())) {
				throw new EndpointException("the chain has changed while its blocks were read");
			}
			this.range.succeeded(some.size(), some.stream().mapToLong(this::weight).sum(), range.bytes());
			all.addAll(some);
			bytes += range.bytes();
			next = last + 1;
		}
		return all;
	}

	/**
	 * Returns how much came back with a block, though the filters may leave little of it.
	 */
	private int weight(BlockData block) {
		return (this.inbound.data() == Data.TRANSACTIONS) ? block.block().path("transactions").size()
				: block.items().size();
	}

	/**
	 * Reads blocks as far as memory allows. A single one is read however large it is.
	 */
	private Range readRange(RpcEndpoint endpoint, long from, long to, boolean isFinal) {
		if (isFinal) {
			checkBranch(endpoint);
		}
		AnswerLimit limit = new AnswerLimit((from < to) ? this.range.mostBytes() : Long.MAX_VALUE);
		return new Range(readBlocks(endpoint.within(limit), from, to, isFinal), limit.used());
	}

	private List<BlockData> readBlocks(RpcEndpoint endpoint, long from, long to, boolean isFinal) {
		List<JsonNode> blocks = blocks(endpoint, from, to, this.inbound.data() == Data.TRANSACTIONS);
		List<Header> headers = new ArrayList<>(blocks.size());
		for (int i = 0; i < blocks.size(); i++) {
			Header header = required(blocks.get(i), String.valueOf(from + i));
			if (header.number() != from + i) {
				throw new EndpointException("it was asked for block " + (from + i) + " and gave " + header);
			}
			if (i > 0 && !isChild(header, headers.get(i - 1))) {
				throw new EndpointException(header + " is not the child of " + headers.get(i - 1));
			}
			headers.add(header);
		}
		List<BlockData> all = new ArrayList<>(blocks.size());
		List<List<JsonNode>> logs = (this.inbound.data() == Data.LOGS) ? this.logs.read(endpoint, headers, isFinal)
				: List.of();
		for (int i = 0; i < blocks.size(); i++) {
			JsonNode block = blocks.get(i);
			BlockData read = switch (this.inbound.data()) {
				case BLOCKS -> {
					requireTransactions(headers.get(i), block);
					yield new BlockData(headers.get(i), block, List.of(block), Map.of());
				}
				case LOGS -> new BlockData(headers.get(i), MissingNode.getInstance(), logs.get(i), Map.of());
				case TRANSACTIONS -> transactions(endpoint, headers.get(i), block);
			};
			all.add(read);
		}
		return all;
	}

	/**
	 * What is final is not remembered to be undone: an endpoint must have what another
	 * said is.
	 */
	private void checkBranch(RpcEndpoint endpoint) {
		Anchor last = this.anchor;
		if (last == null || last.endpoint() == endpoint) {
			return;
		}
		long number = last.finalized().number();
		Header header = required(endpoint.call(BLOCK_BY_NUMBER, Hex.quantity(number), false), String.valueOf(number));
		if (!header.hash().equals(last.finalized().hash())) {
			throw new EndpointException(
					"it has another block " + number + " than " + last.endpoint() + ", where that is final");
		}
	}

	private static boolean isChild(Header header, Header parent) {
		return header.parentHash().equals(parent.hash());
	}

	private static List<JsonNode> blocks(RpcEndpoint endpoint, long from, long to, boolean whole) {
		return endpoint
			.call(LongStream.rangeClosed(from, to)
				.mapToObj((number) -> RpcRequest.of(BLOCK_BY_NUMBER, Hex.quantity(number), whole))
				.toList())
			.stream()
			.map(RpcReply::orThrow)
			.toList();
	}

	/**
	 * A node that has a block, but not yet its transactions, says that it has none.
	 */
	private static void requireTransactions(Header header, JsonNode block) {
		JsonNode transactions = block.path("transactions");
		String root = block.path("transactionsRoot").asString(NO_ROOT);
		// some chains have no root
		if (!transactions.isArray()
				|| (transactions.isEmpty() && !root.equals(NO_TRANSACTIONS) && !root.equals(NO_ROOT))) {
			throw new EndpointException("it has " + header + " without its transactions");
		}
	}

	private BlockData transactions(RpcEndpoint endpoint, Header header, JsonNode block) {
		requireTransactions(header, block);
		List<JsonNode> items = new ArrayList<>();
		for (JsonNode transaction : block.path("transactions")) {
			if (!Hex.text(transaction, "blockHash").equals(header.hash())) {
				throw new EndpointException(header + " has a transaction of another block");
			}
			if (this.transactions.matches(transaction)) {
				items.add(transaction);
			}
		}
		Map<String, JsonNode> receipts = new HashMap<>();
		if (this.inbound.includeReceipts() && !items.isEmpty()) {
			List<String> hashes = new ArrayList<>();
			block.path("transactions").forEach((transaction) -> hashes.add(Hex.text(transaction, "hash")));
			for (JsonNode receipt : this.logs.receipts(endpoint, header, hashes)) {
				receipts.put(Hex.text(receipt, "transactionHash"), receipt);
			}
			if (!receipts.keySet().containsAll(hashes)) {
				throw new EndpointException(header + " has " + hashes.size() + " transactions, but there are "
						+ receipts.size() + " receipts of it");
			}
		}
		return new BlockData(header, block, items, receipts);
	}

	/**
	 * Blocks, and how many bytes were answered to have them.
	 */
	private record Range(List<BlockData> blocks, long bytes) {

	}

	/**
	 * The last block that an endpoint called final.
	 */
	private record Anchor(RpcEndpoint endpoint, Header finalized) {

	}

}
