package org.megaetl.connector.ethereum;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.megaetl.connector.ethereum.rpc.ChainIdentity;
import org.megaetl.deadletter.DeadLetter;
import org.megaetl.event.PipelineId;
import org.megaetl.pipeline.Sink;
import org.megaetl.sink.SinkTransactions;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * What is kept in the database about a chain: which one it is, who reads it, its last
 * blocks, and what waits to be part of one.
 */
final class ChainStore {

	private static final String WHERE = " WHERE `namespace` = ? AND `pipeline` = ?";

	private static final String BLOCKS = "mega_ethereum_block";

	private static final String PENDING = "mega_ethereum_pending";

	private final JdbcClient jdbc;

	private final TransactionOperations transactions;

	private final Sink sink;

	private final PipelineId id;

	private final Duration lease;

	private final String instance = UUID.randomUUID().toString();

	private boolean leading;

	private long renewAt;

	ChainStore(Sink sink, PipelineId id, Duration lease) {
		this.jdbc = JdbcClient.create(sink.dataSource());
		this.transactions = new SinkTransactions(sink.transactions());
		this.sink = sink;
		this.id = id;
		this.lease = lease;
	}

	/**
	 * Becomes or stays the one instance that reads. That it was, and is no more, is found
	 * out too late: behind this stands the claim, which keeps a former leader from
	 * writing.
	 * @return whether this instance is to read
	 */
	boolean lead() {
		if (this.leading && System.nanoTime() - this.renewAt < 0) {
			return true;
		}
		this.leading = false;
		this.leading = inTransaction(() -> {
			if (takeLease()) {
				return true;
			}
			if (exists()) {
				return false;
			}
			this.jdbc
				.sql("INSERT INTO mega_ethereum_chain (`namespace`, `pipeline`) VALUES (?, ?) "
						+ "ON DUPLICATE KEY UPDATE `pipeline`=`pipeline`")
				.params(this.id.namespace(), this.id.pipeline())
				.update();
			return takeLease();
		});
		this.renewAt = System.nanoTime() + this.lease.dividedBy(3).toNanos();
		return this.leading;
	}

	private <T> T inTransaction(Supplier<T> work) {
		return Objects.requireNonNull(this.transactions.execute((status) -> work.get()));
	}

	private boolean takeLease() {
		return this.jdbc
			.sql("UPDATE mega_ethereum_chain SET leader = ?, leader_until = "
					+ "DATE_ADD(UTC_TIMESTAMP(6), INTERVAL ? MICROSECOND)" + WHERE
					+ " AND (leader = ? OR leader IS NULL OR leader_until < UTC_TIMESTAMP(6))")
			.params(this.instance, this.lease.toNanos() / 1000, this.id.namespace(), this.id.pipeline(), this.instance)
			.update() > 0;
	}

	private boolean exists() {
		return this.jdbc.sql("SELECT 1 FROM mega_ethereum_chain" + WHERE)
			.params(this.id.namespace(), this.id.pipeline())
			.query(Integer.class)
			.optional()
			.isPresent();
	}

	/**
	 * Lets another instance read at once.
	 */
	void resign() {
		this.leading = false;
		this.transactions.executeWithoutResult(
				(status) -> this.jdbc.sql("UPDATE mega_ethereum_chain SET leader = NULL" + WHERE + " AND leader = ?")
					.params(this.id.namespace(), this.id.pipeline(), this.instance)
					.update());
	}

	/**
	 * Returns which chain is followed.
	 * @return the chain, or {@code null} if that is not decided yet
	 */
	@Nullable ChainIdentity identity() {
		return inTransaction(() -> this.jdbc
			.sql("SELECT chain_id, genesis_hash FROM mega_ethereum_chain" + WHERE + " AND chain_id IS NOT NULL")
			.params(this.id.namespace(), this.id.pipeline())
			.query((row, number) -> new ChainIdentity(row.getString(1), row.getString(2)))
			.optional()).orElse(null);
	}

	/**
	 * Decides which chain is followed, once and for all.
	 */
	void remember(ChainIdentity identity) {
		this.transactions.executeWithoutResult(
				(status) -> this.jdbc.sql("UPDATE mega_ethereum_chain SET chain_id = ?, genesis_hash = ?" + WHERE)
					.params(identity.chainId(), identity.genesisHash(), this.id.namespace(), this.id.pipeline())
					.update());
	}

	/**
	 * Returns whether a position is stored.
	 */
	boolean hasPosition() {
		return inTransaction(this::isPositionStored);
	}

	private boolean isPositionStored() {
		return this.sink.checkpoints()
			.list(this.id)
			.stream()
			.anyMatch((position) -> position.key().equals(ChainFollower.PART));
	}

	/**
	 * Forgets which chain it was, and all of it, if no position is stored: what is kept
	 * is of a pipeline whose state was deleted.
	 */
	void beginAnewWithoutPosition() {
		this.transactions.executeWithoutResult((status) -> {
			// who becomes the leader meanwhile waits, and who is no more forgets nothing
			boolean leads = this.jdbc.sql("SELECT 1 FROM mega_ethereum_chain" + WHERE + " AND leader = ? FOR UPDATE")
				.params(this.id.namespace(), this.id.pipeline(), this.instance)
				.query(Integer.class)
				.optional()
				.isPresent();
			if (!leads || isPositionStored()) {
				return;
			}
			for (String statement : List.of("UPDATE mega_ethereum_chain SET chain_id = NULL, genesis_hash = NULL",
					"DELETE FROM " + BLOCKS, "DELETE FROM " + PENDING)) {
				this.jdbc.sql(statement + WHERE).params(this.id.namespace(), this.id.pipeline()).update();
			}
		});
	}

	/**
	 * Returns the last blocks that were written before a position.
	 * @return the blocks, in order
	 */
	List<WindowBlock> blocksBefore(long number) {
		return inTransaction(() -> this.jdbc
			.sql("SELECT `number`, `hash`, parent_hash, block_time FROM " + BLOCKS + WHERE
					+ " AND `number` < ? ORDER BY `number`")
			.params(this.id.namespace(), this.id.pipeline(), number)
			.query((row, index) -> new WindowBlock(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4)))
			.list());
	}

	/**
	 * Returns the events that were stored with a block.
	 * @return what {@link #write} was given, if anything
	 */
	Optional<byte[]> eventsOf(WindowBlock block) {
		return inTransaction(
				() -> this.jdbc.sql("SELECT events FROM " + BLOCKS + WHERE + " AND `number` = ? AND events IS NOT NULL")
					.params(this.id.namespace(), this.id.pipeline(), block.number())
					.query((row, index) -> row.getBytes(1))
					.optional());
	}

	/**
	 * Returns the dead letters of blocks.
	 * @return the dead letters of their events, which were not written
	 */
	List<DeadLetter> lettersOf(List<WindowBlock> blocks) {
		Map<String, Instant> times = new HashMap<>();
		blocks.forEach((block) -> times.put(String.valueOf(block.number()), Instant.ofEpochSecond(block.timestamp())));
		List<DeadLetter> letters = inTransaction(
				() -> this.sink.deadLetters().at(this.id, ChainFollower.PART, List.copyOf(times.keySet())));
		// those of another chain, which was followed before, may have the same numbers
		return letters.stream().filter((letter) -> isOfOneOf(times, letter)).toList();
	}

	private static boolean isOfOneOf(Map<String, Instant> times, DeadLetter letter) {
		String place = Objects.requireNonNull(letter.position());
		Instant time = times.get(place.split("/", 2)[0]);
		return time != null && time.equals(letter.timestamp());
	}

	/**
	 * Returns what stores a block.
	 * @param events what is needed to undo it, or {@code null}
	 */
	SqlStatement write(WindowBlock block, byte @Nullable [] events) {
		return Row.upsert(BLOCKS)
			.key("namespace", this.id.namespace())
			.key("pipeline", this.id.pipeline())
			.key("number", block.number())
			.set("hash", block.hash())
			.set("parent_hash", block.parentHash())
			.set("block_time", block.timestamp())
			.set("events", events);
	}

	/**
	 * Returns what removes the blocks from one on.
	 */
	SqlStatement removeFrom(long number) {
		return SqlStatement.of("DELETE FROM " + BLOCKS + WHERE + " AND `number` >= ?", this.id.namespace(),
				this.id.pipeline(), number);
	}

	/**
	 * Returns what removes the blocks up to one.
	 */
	SqlStatement removeUpTo(long number) {
		return SqlStatement.of("DELETE FROM " + BLOCKS + WHERE + " AND `number` <= ?", this.id.namespace(),
				this.id.pipeline(), number);
	}

	/**
	 * Returns the transactions that were written as pending and not otherwise since.
	 */
	List<PendingTransactions.Known> pending() {
		return inTransaction(() -> this.jdbc
			.sql("SELECT `hash`, sender, nonce FROM " + PENDING + WHERE + " ORDER BY nonce")
			.params(this.id.namespace(), this.id.pipeline())
			.query((row, index) -> new PendingTransactions.Known(row.getString(1), row.getString(2), row.getLong(3)))
			.list());
	}

	/**
	 * Returns what was written of a pending transaction.
	 */
	Optional<byte[]> pendingPayload(String hash) {
		return inTransaction(() -> this.jdbc.sql("SELECT payload FROM " + PENDING + WHERE + " AND `hash` = ?")
			.params(this.id.namespace(), this.id.pipeline(), hash)
			.query((row, index) -> row.getBytes(1))
			.optional());
	}

	/**
	 * Returns what stores a pending transaction.
	 * @param payload the event that is written of it
	 */
	SqlStatement writePending(PendingTransactions.Known transaction, byte[] payload) {
		return Row.upsert(PENDING)
			.key("namespace", this.id.namespace())
			.key("pipeline", this.id.pipeline())
			.key("hash", transaction.hash())
			.set("sender", transaction.sender())
			.set("nonce", transaction.nonce())
			.set("payload", payload);
	}

	/**
	 * Returns what removes a pending transaction.
	 */
	SqlStatement removePending(String hash) {
		return Row.delete(PENDING)
			.key("namespace", this.id.namespace())
			.key("pipeline", this.id.pipeline())
			.key("hash", hash);
	}

}
