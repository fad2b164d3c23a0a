package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.EthereumConnectorProperties.Inbound;
import org.megaetl.connector.ethereum.rpc.ChainIdentity;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.PrunedHistoryException;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.WrongChainException;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Follows one chain, in one thread: reads the blocks that are there, in order, hands them
 * to the writer, and waits for more. It decides who reads, and what a failure means.
 */
final class ChainFollower implements Runnable {

	/** The chain is one part. */
	static final String PART = "blocks";

	private static final Logger logger = LoggerFactory.getLogger(ChainFollower.class);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

	private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

	/** At the head there is one call a poll; far from it, most calls are for blocks. */
	private static final int POLLS_BETWEEN_HEADS = 10;

	private final PullPipeline pipeline;

	private final Inbound inbound;

	private final RpcClient client;

	private final ChainReader reader;

	private final ChainStore store;

	private final ChainWriter writer;

	private final Progress progress;

	private final WakeUp wakeUp;

	private final ExecutorService threads;

	/** How often the pipeline had been resumed when that was looked at last. */
	private int resumptions;

	private int failures;

	private long sawHeadsAt;

	ChainFollower(PullPipeline pipeline, Inbound inbound, RpcClient client, ChainReader reader, ChainStore store,
			ChainWriter writer, Progress progress, WakeUp wakeUp, ExecutorService threads) {
		this.pipeline = pipeline;
		this.inbound = inbound;
		this.client = client;
		this.reader = reader;
		this.store = store;
		this.writer = writer;
		this.progress = progress;
		this.wakeUp = wakeUp;
		this.threads = threads;
	}

	@Override
	public void run() {
		try {
			while (this.pipeline.awaitRunning()) {
				followSafely();
			}
		}
		catch (InterruptedException ex) {
			logger.debug("The follower stops; what is not committed will be read again", ex);
		}
		finally {
			resign();
		}
	}

	private void resign() {
		// an interrupt would keep the connection from being used
		Thread.interrupted();
		try {
			this.store.resign();
		}
		catch (DataAccessException | TransactionException ex) {
			logger.debug("Another instance takes over when the lease ends", ex);
		}
	}

	private void followSafely() throws InterruptedException {
		noticeResumption();
		try {
			if (!this.store.lead()) {
				this.writer.release();
				this.progress.standby();
				this.pipeline.sourceAvailable(this);
				this.failures = 0;
				pause(this.inbound.leaseDuration().dividedBy(3));
				return;
			}
			follow();
			this.failures = 0;
		}
		catch (PipelineUnavailableException ex) {
			// stopped, or failed until an operator resumes it; where to read on from then
			// is in the database
			this.writer.release();
		}
		catch (WrongChainException ex) {
			giveUp(ex.getMessage()
					+ ". Correct 'endpoints', or give the inbound another name or 'id' to follow another "
					+ "chain; then resume the pipeline.");
		}
		catch (PrunedHistoryException ex) {
			giveUp(this.writer.isClaimed()
					? "No endpoint has kept block " + this.writer.cursor().next() + " (" + ex.getMessage()
							+ "). Add an endpoint with all history, or set the position to a block that is kept; then "
							+ "resume the pipeline."
					: "No endpoint has kept all blocks since 'start', " + this.inbound.start() + " (" + ex.getMessage()
							+ "). Add an endpoint with all history, or set 'start' to a block that is kept.");
		}
		catch (Cursor.UnreadableException ex) {
			giveUp(ex.getMessage()
					+ ". Set it to the number of the block to read next, such as 24136053; then resume the "
					+ "pipeline.");
		}
		catch (DeepReorgException ex) {
			giveUp(ex.getMessage()
					+ ". Delete the rows and discard the dead letters of the blocks that are no longer part of "
					+ "the chain, set the position to the number of the first of them, and resume the pipeline.");
		}
		catch (Undo.RetractionException ex) {
			giveUp(ex.getMessage() + ". Correct the transformer, or undo by hand the rows of the blocks that are no "
					+ "longer part of the chain, discard their dead letters and set the position back; then resume "
					+ "the pipeline.");
		}
		catch (EndpointException ex) {
			// what makes no event shows only when it is written, and another may have it
			this.client.preferAnother();
			this.pipeline.sourceUnavailable(this, String.valueOf(ex.getMessage()));
			pauseAfterFailure(ex.retryAfter());
		}
		catch (DataAccessException | TransactionException ex) {
			this.writer.release();
			this.pipeline.sourceUnavailable(this, "the database does not say who is to read: " + ex.getMessage());
			pauseAfterFailure(null);
		}
		catch (RuntimeException ex) {
			logger.warn("The chain of pipeline '{}' cannot be read", this.pipeline.name(), ex);
			this.client.preferAnother();
			this.pipeline.sourceUnavailable(this, String.valueOf(ex.getMessage()));
			pauseAfterFailure(null);
		}
		catch (Error ex) {
			// the thread must not end of it: nobody would read on, and health not say so
			giveUp("The chain cannot be read on: " + ex
					+ ". Mend the cause, such as too little memory; then resume the pipeline, or restart the "
					+ "application.");
			logger.error("The chain of pipeline '{}' cannot be read on", this.pipeline.name(), ex);
		}
	}

	/**
	 * An operator may have set the position anew. On a chain without a new block, nobody
	 * would notice.
	 */
	private void noticeResumption() {
		int now = this.pipeline.resumptions();
		if (now != this.resumptions) {
			this.resumptions = now;
			this.writer.release();
		}
	}

	private void giveUp(String reason) {
		this.writer.release();
		this.pipeline.fail(reason);
	}

	private void pauseAfterFailure(@Nullable Duration retryAfter) throws InterruptedException {
		long pause = FIRST_PAUSE.toMillis() << Math.min(this.failures++, 10);
		if (retryAfter != null) {
			pause = Math.max(pause, retryAfter.toMillis());
		}
		pause(Duration.ofMillis(Math.min(pause, LAST_PAUSE.toMillis())));
	}

	private static void pause(Duration time) throws InterruptedException {
		TimeUnit.MILLISECONDS.sleep(time.toMillis());
	}

	private void follow() throws InterruptedException {
		if (!this.writer.isClaimed()) {
			claim();
		}
		Heads heads = heads();
		this.progress.reached(this.writer.cursor().next());
		this.pipeline.sourceAvailable(this);
		if (!this.store.lead()) {
			return;
		}
		if (this.writer.cursor().next() > heads.target()) {
			waitAtHead(heads);
			return;
		}
		try (ReadAhead ahead = new ReadAhead(this.pipeline.name(), this.reader, this.threads, this.inbound.readAhead(),
				this.writer.cursor().next(), heads)) {
			while (ahead.hasNext()) {
				List<BlockData> blocks = ahead.next(this.store::lead);
				if (blocks == null || !this.pipeline.awaitRunning() || !this.store.lead()) {
					return;
				}
				if (this.writer.isOther(blocks.get(0).header().parentHash())) {
					takeBack();
					return;
				}
				if (!this.writer.write(blocks, heads)) {
					return;
				}
				// a long way to the head has failures that have nothing to do with each
				// other
				this.failures = 0;
				this.progress.reached(this.writer.cursor().next());
				seeHeadsAgain();
			}
		}
	}

	private Heads heads() throws InterruptedException {
		Heads heads = this.reader.heads();
		this.progress.saw(heads);
		this.sawHeadsAt = System.nanoTime();
		return heads;
	}

	/**
	 * A long way to the head takes days in which that moves on: what is read is not
	 * changed by it, but how much is left.
	 */
	private void seeHeadsAgain() throws InterruptedException {
		if (System.nanoTime() - this.sawHeadsAt < this.inbound.pollInterval().toNanos() * POLLS_BETWEEN_HEADS) {
			return;
		}
		try {
			heads();
		}
		catch (EndpointException ex) {
			this.sawHeadsAt = System.nanoTime();
			logger.debug("How far the chain can be read is asked for again later", ex);
		}
	}

	private void waitAtHead(Heads heads) throws InterruptedException {
		// a head that is lower than what was read is a node that lags behind
		if (this.writer.cursor().next() == heads.target() + 1 && this.writer.isOther(heads.targetHash())) {
			takeBack();
		}
		else if (!this.inbound.pending() || followPending()) {
			this.wakeUp.await(this.inbound.pollInterval());
		}
	}

	private void takeBack() throws InterruptedException {
		if (this.writer.takeBack(this.reader)) {
			this.progress.reorganized();
			this.progress.reached(this.writer.cursor().next());
		}
	}

	/**
	 * Writes which transactions have begun, and which have ceased, to wait for a block.
	 * @return whether the claim still holds
	 */
	private boolean followPending() throws InterruptedException {
		PendingBlock block = this.reader.pendingBlock(this.writer.cursor());
		if (block != null && !this.writer.writePending(block)) {
			return false;
		}
		PendingTransactions pending = this.writer.pending();
		List<String> missed = pending.missedFor(this.inbound.pendingTimeout());
		if (missed.isEmpty()) {
			return true;
		}
		List<String> unknown = this.reader.unknownTransactions(missed);
		pending.stillKnown(missed);
		return unknown.isEmpty() || this.writer.writeDropped(unknown);
	}

	private void claim() throws InterruptedException {
		this.store.beginAnewWithoutPosition();
		ChainIdentity stored = this.store.identity();
		this.client.expect(stored);
		ChainIdentity identity = (stored != null) ? stored : this.client.identify();
		if (this.inbound.chainId() != null && !this.inbound.chainId().equals(identity.chainId())) {
			throw new WrongChainException(
					"The endpoints are of " + identity + ", but 'chain-id' is " + this.inbound.chainId());
		}
		if (stored == null) {
			this.store.remember(identity);
			this.client.expect(identity);
		}
		long start = this.store.hasPosition() ? 0 : new StartBlock(this.inbound.start()).find(this.reader);
		this.writer.begin(this.pipeline.claim(PART, new Cursor(start, null).toString()), identity.chainId());
		this.progress.startsAt(this.writer.cursor().next());
		logger.info("Pipeline '{}' reads {} from block {} on", this.pipeline.name(), identity,
				this.writer.cursor().next());
	}

}
