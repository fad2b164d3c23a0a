package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Data;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.AnswerLimit;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.RpcEndpoint;
import org.megaetl.connector.ethereum.rpc.RpcErrorException;
import org.megaetl.connector.ethereum.rpc.WorkFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a chain, and believes nothing that contradicts itself: an answer that does is
 * asked for elsewhere, or again.
 */
final class ChainReader {

	private static final Logger logger = LoggerFactory.getLogger(ChainReader.class);

	private static final int LEAST_BYTES = 1024 * 1024;

	private final RpcClient client;

	private final Inbound inbound;

	private final ChainHead head;

	private final BlockReader blocks;

	private final PendingReader pending;

	private final RangeSize range;

	ChainReader(RpcClient client, Inbound inbound, LogFilter filter) {
		this.client = client;
		this.inbound = inbound;
		this.head = new ChainHead(client, inbound);
		this.blocks = new BlockReader(inbound, filter);
		this.pending = new PendingReader(client, inbound);
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
		return this.head.heads();
	}

	/**
	 * Returns the number of the first block that is not older than a time.
	 * @param seconds the time, in seconds since 1970
	 */
	long firstBlockSince(long seconds) throws InterruptedException {
		return this.client.run((endpoint) -> BlockSearch.firstBlockSince(endpoint, seconds));
	}

	/**
	 * Returns what is expected to be the next block.
	 * @param cursor where the chain was read to
	 * @return the block, or {@code null} if the endpoint does not say, or does not have
	 * what was read
	 */
	@Nullable PendingBlock pendingBlock(Cursor cursor) throws InterruptedException {
		return this.pending.pendingBlock(cursor);
	}

	/**
	 * Returns which transactions are neither pending nor part of a block.
	 */
	List<String> unknownTransactions(List<String> hashes) throws InterruptedException {
		return this.pending.unknownTransactions(hashes);
	}

	/**
	 * Returns the headers of blocks as far as the chain has them.
	 */
	List<Header> headers(long from, long to) throws InterruptedException {
		return this.client.run((endpoint) -> BlockReader.headers(endpoint, from, to));
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
			if (!all.isEmpty() && !BlockReader.isChild(some.get(0).header(), all.get(all.size() - 1).header())) {
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
			this.head.checkBranch(endpoint);
		}
		AnswerLimit limit = new AnswerLimit((from < to) ? this.range.mostBytes() : Long.MAX_VALUE);
		return new Range(this.blocks.read(endpoint.within(limit), from, to, isFinal), limit.used());
	}

	/**
	 * Blocks, and how many bytes were answered to have them.
	 */
	private record Range(List<BlockData> blocks, long bytes) {

	}

}
