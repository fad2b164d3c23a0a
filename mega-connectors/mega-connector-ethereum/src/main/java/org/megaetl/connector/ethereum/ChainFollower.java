package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.megaetl.checkpoint.Claim;
import org.megaetl.connector.ethereum.EthereumProperties.Inbound;
import org.megaetl.connector.ethereum.ReorgWindow.Fork;
import org.megaetl.connector.ethereum.rpc.ChainIdentity;
import org.megaetl.connector.ethereum.rpc.EndpointException;
import org.megaetl.connector.ethereum.rpc.PrunedHistoryException;
import org.megaetl.connector.ethereum.rpc.RpcClient;
import org.megaetl.connector.ethereum.rpc.WrongChainException;
import org.megaetl.event.Event;
import org.megaetl.event.EventBatch;
import org.megaetl.event.PositionAdvance;
import org.megaetl.pipeline.PipelineUnavailableException;
import org.megaetl.pipeline.PullPipeline;
import org.megaetl.sql.SqlStatement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Follows one chain, in one thread: reads the blocks that are there, in order, and waits
 * for more. What the chain takes back is undone, and the position set back with it.
 */
final class ChainFollower implements Runnable {

	/** The chain is one part. */
	static final String PART = "blocks";

	private static final Logger logger = LoggerFactory.getLogger(ChainFollower.class);

	private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

	private static final Duration LAST_PAUSE = Duration.ofSeconds(30);

	private final PullPipeline pipeline;

	private final Inbound inbound;

	private final RpcClient client;

	private final ChainReader reader;

	private final ChainStore store;

	private final EventFactory factory;

	private final Undo undo;

	private final Progress progress;

	private final ReorgWindow window;

	private final ExecutorService threads;

	private @Nullable Claim claim;

	private Cursor cursor = new Cursor(0, null);

	private String chainId = "";

	private int failures;

	ChainFollower(PullPipeline pipeline, Inbound inbound, RpcClient client, ChainReader reader, ChainStore store,
			EventFactory factory, Undo undo, ExecutorService threads) {
		this.pipeline = pipeline;
		this.inbound = inbound;
		this.client = client;
		this.reader = reader;
		this.store = store;
		this.factory = factory;
		this.undo = undo;
		this.threads = threads;
		this.window = new ReorgWindow(inbound.reorgWindow());
		this.progress = new Progress(pipeline.name());
		pipeline.observe(this.progress::status);
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
		try {
			if (!this.store.lead()) {
				this.claim = null;
				this.progress.standby();
				pause(this.inbound.leaseDuration().dividedBy(3));
				return;
			}
			follow();
			this.failures = 0;
		}
		catch (PipelineUnavailableException ex) {
			// stopped, or failed until an operator resumes it; where to read on from then
			// is in the database
			this.claim = null;
		}
		catch (WrongChainException ex) {
			giveUp(ex.getMessage()
					+ ". Correct 'endpoints', or give the inbound another name or 'id' to follow another "
					+ "chain; then resume the pipeline.");
		}
		catch (PrunedHistoryException ex) {
			giveUp("No endpoint has kept block " + this.cursor.next() + " (" + ex.getMessage()
					+ "). Add an endpoint with all history, or set the position to a block that is kept; then resume "
					+ "the pipeline.");
		}
		catch (DeepReorgException ex) {
			giveUp(ex.getMessage() + ". Delete the rows of the blocks that are no longer part of the chain, set the "
					+ "position to the number of the first of them, and resume the pipeline.");
		}
		catch (Undo.RetractionException ex) {
			giveUp(ex.getMessage() + ". Correct the transformer, or undo by hand the rows of the blocks that are no "
					+ "longer part of the chain and set the position back; then resume the pipeline.");
		}
		catch (EndpointException ex) {
			this.pipeline.sourceUnavailable(String.valueOf(ex.getMessage()));
			pauseAfterFailure(ex.retryAfter());
		}
		catch (DataAccessException | TransactionException ex) {
			this.claim = null;
			this.pipeline.sourceUnavailable("the database does not say who is to read: " + ex.getMessage());
			pauseAfterFailure(null);
		}
		catch (RuntimeException ex) {
			logger.warn("The chain of pipeline '{}' cannot be read", this.pipeline.name(), ex);
			this.pipeline.sourceUnavailable(String.valueOf(ex.getMessage()));
			pauseAfterFailure(null);
		}
	}

	private void giveUp(String reason) {
		this.claim = null;
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
		Claim current = (this.claim != null) ? this.claim : claim();
		this.claim = current;
		Heads heads = this.reader.heads();
		this.progress.saw(heads);
		this.progress.reached(this.cursor.next());
		this.pipeline.sourceAvailable();
		if (this.cursor.next() > heads.target()) {
			// a head that is lower than what was read is a node that lags behind
			if (this.cursor.next() == heads.target() + 1 && isOther(heads.targetHash())) {
				takeBack(current);
			}
			else {
				pause(this.inbound.pollInterval());
			}
			return;
		}
		try (ReadAhead ahead = new ReadAhead(this.pipeline.name(), this.reader, this.threads, this.inbound.readAhead(),
				this.cursor.next(), heads)) {
			while (ahead.hasNext()) {
				List<BlockData> blocks = ahead.next();
				if (!this.pipeline.awaitRunning() || !this.store.lead() || !write(blocks, current, heads)) {
					return;
				}
				this.progress.reached(this.cursor.next());
			}
		}
	}

	private boolean isOther(String parentHash) {
		return this.cursor.parentHash() != null && !this.cursor.parentHash().equals(parentHash);
	}

	private Claim claim() throws InterruptedException {
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
		this.chainId = identity.chainId();
		long start = this.store.hasPosition(PART) ? 0 : new StartBlock(this.inbound.start()).find(this.reader);
		Claim claimed = this.pipeline.claim(PART, new Cursor(start, null).toString());
		this.cursor = Cursor.parse(claimed.position());
		this.window.reset((this.cursor.parentHash() != null) ? this.store.blocksBefore(this.cursor.next()) : List.of());
		logger.info("Pipeline '{}' reads {} from block {} on", this.pipeline.name(), identity, this.cursor.next());
		return claimed;
	}

	/**
	 * Writes blocks, as many in one transaction as have few enough events.
	 * @return whether reading can go on behind them
	 */
	private boolean write(List<BlockData> blocks, Claim current, Heads heads) throws InterruptedException {
		if (isOther(blocks.get(0).header().parentHash())) {
			takeBack(current);
			return false;
		}
		Portion portion = new Portion(heads);
		for (BlockData block : blocks) {
			portion.add(block);
			if (portion.events.size() >= this.inbound.batchSize() && !deliver(portion, current)) {
				return false;
			}
		}
		return portion.isEmpty() || deliver(portion, current);
	}

	private boolean deliver(Portion portion, Claim current) throws InterruptedException {
		Header last = Objects.requireNonNull(portion.last);
		Cursor next = Cursor.after(last);
		long dispensable = this.window.dispensable(last.number(), portion.heads.finalized());
		boolean prunes = this.window.hasUpTo(dispensable);
		List<SqlStatement> statements = new ArrayList<>();
		portion.window.headMap(dispensable, true).clear();
		portion.window.values().forEach((kept) -> statements.add(this.store.write(kept.block(), kept.events())));
		if (prunes) {
			statements.add(this.store.removeUpTo(dispensable));
		}
		if (!move(portion.events, current.advance(this.cursor.toString(), next.toString(), statements))) {
			return false;
		}
		portion.window.values().forEach((kept) -> this.window.add(kept.block()));
		if (prunes) {
			this.window.removeUpTo(dispensable);
		}
		this.cursor = next;
		portion.clear();
		return true;
	}

	/**
	 * Undoes what is no longer part of the chain.
	 */
	private void takeBack(Claim current) throws InterruptedException {
		Fork fork = this.window.fork(this.reader, this.cursor);
		long first = fork.ancestor().next();
		logger.warn("Pipeline '{}': blocks {} to {} are no longer part of the chain and are undone",
				this.pipeline.name(), first, this.cursor.next() - 1);
		if (!this.undo.isPossible()) {
			throw new DeepReorgException("Blocks " + first + " to " + (this.cursor.next() - 1)
					+ " are no longer part of the chain, and neither 'reorg-tables' nor the transformer says how their "
					+ "rows are undone");
		}
		List<SqlStatement> statements = this.undo.statements(fork.orphaned(), this.store, this.factory);
		statements.add(this.store.removeFrom(first));
		if (move(List.of(), current.advance(this.cursor.toString(), fork.ancestor().toString(), statements))) {
			this.cursor = fork.ancestor();
			fork.orphaned().forEach((block) -> this.window.remove(block.number()));
			this.progress.reorganized();
			this.progress.reached(this.cursor.next());
		}
	}

	private boolean move(List<Event> events, PositionAdvance advance) throws InterruptedException {
		if (this.pipeline.deliver(new EventBatch(events, List.of(advance))).lostKeys().isEmpty()) {
			return true;
		}
		// somebody else has moved it: claimed anew, it is read on from there
		this.claim = null;
		return false;
	}

	/**
	 * Blocks that are written in one transaction.
	 */
	private final class Portion {

		private final Heads heads;

		private final List<Event> events = new ArrayList<>();

		private final NavigableMap<Long, Kept> window = new TreeMap<>();

		private @Nullable Header last;

		Portion(Heads heads) {
			this.heads = heads;
		}

		void add(BlockData block) {
			ChainFollower follower = ChainFollower.this;
			List<Event> added = follower.factory.events(block, follower.chainId);
			this.events.addAll(added);
			Header header = block.header();
			if (header.number() > this.heads.finalized()) {
				if (this.last == null && follower.window.isEmpty() && follower.cursor.parentHash() == null
						&& header.number() > 0) {
					remember(WindowBlock.beforeStart(header.number()), null);
				}
				remember(WindowBlock.of(header), follower.undo.keep(added));
			}
			this.last = header;
		}

		private void remember(WindowBlock block, byte @Nullable [] events) {
			this.window.put(block.number(), new Kept(block, events));
		}

		boolean isEmpty() {
			return this.last == null;
		}

		void clear() {
			this.events.clear();
			this.window.clear();
			this.last = null;
		}

	}

	/**
	 * A block that may be taken back.
	 *
	 * @param events what is needed to undo it, or {@code null}
	 */
	private record Kept(WindowBlock block, byte @Nullable [] events) {

	}

}
