package org.megaetl.deadletter;

import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import javax.sql.DataSource;

import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.sink.SinkTransactions;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.Assert;

/**
 * What an operator can do with dead letters: look at them, replay them through their
 * pipeline, discard them. It sees those of its application's namespace only. All methods
 * may be called while the pipelines run, and by several replicas at once; they throw a
 * {@link org.springframework.dao.DataAccessException} or a
 * {@link org.springframework.transaction.TransactionException} if the database does not
 * work.
 */
public final class DeadLetterService {

	/** Dead letters per transaction. */
	private static final int STEP = 100;

	private final DeadLetterRepository letters;

	private final DeadLetterStore store;

	private final SinkTransactions transactions;

	private final DeadLetterReplay replay;

	/**
	 * Creates the service.
	 * @param dataSource the sink's data source
	 * @param transactions begins and ends transactions on that data source
	 * @param store deletes dead letters
	 * @param namespace the application's part of every key in the platform's tables
	 * @param targets finds the pipelines to replay through
	 */
	public DeadLetterService(DataSource dataSource, PlatformTransactionManager transactions, DeadLetterStore store,
			String namespace, ReplayTargets targets) {
		this.letters = new DeadLetterRepository(dataSource, namespace);
		this.store = store;
		this.transactions = new SinkTransactions(transactions);
		this.replay = new DeadLetterReplay(this, targets);
	}

	/**
	 * Returns a page of dead letters, the newest first.
	 * @param filter which of them
	 * @param before only ids below this one: the last id of the page before, or
	 * {@link Long#MAX_VALUE} for the first page
	 * @param limit the size of the page
	 * @return the dead letters
	 */
	public List<DeadLetter> list(DeadLetterFilter filter, long before, int limit) {
		return inTransaction(() -> this.letters.newestFirst(filter, before, limit));
	}

	/**
	 * Counts dead letters by pipeline and reason.
	 * @param filter which of them
	 * @return the counts, sorted; none for what has no dead letters
	 */
	public List<DeadLetterCount> counts(DeadLetterFilter filter) {
		return inTransaction(() -> this.letters.counts(filter));
	}

	/**
	 * Counts dead letters by pipeline.
	 * @return the counts by what the pipeline's state is kept under; none for a pipeline
	 * without dead letters
	 */
	public Map<String, Long> countByPipeline() {
		return inTransaction(this.letters::countByPipeline);
	}

	/**
	 * Returns a dead letter.
	 * @param id the dead letter
	 * @return the dead letter, or empty if there is none of that id
	 */
	public Optional<DeadLetter> find(long id) {
		return inTransaction(() -> this.letters.find(id));
	}

	/**
	 * Returns the payload of a dead letter.
	 * @param letter the dead letter
	 * @return the payload as it was received, or empty if it was not stored or the dead
	 * letter is gone
	 */
	public Optional<byte[]> payload(DeadLetter letter) {
		if (!letter.payloadStored()) {
			return Optional.empty();
		}
		return inTransaction(() -> Optional.ofNullable(this.letters.payload(letter)));
	}

	/**
	 * Replays one dead letter: sends its event through its pipeline again. If the event
	 * is written, the dead letter is deleted in the same transaction, so that it is
	 * written once however often it is replayed. If it fails again, the dead letter stays
	 * and counts one attempt more.
	 * @param id the dead letter
	 * @param dryRun whether to only transform the event and say what would be executed
	 * @return what became of it
	 * @throws InterruptedException if the calling thread is to stop
	 * @throws RuntimeException if the pipeline or the database does not work; nothing is
	 * changed then
	 */
	public ReplayResult replay(long id, boolean dryRun) throws InterruptedException {
		Optional<DeadLetter> letter = find(id);
		if (letter.isEmpty()) {
			return new ReplayResult(id, Outcome.GONE, "There is no dead letter " + id);
		}
		List<ReplayResult> results = new ArrayList<>(1);
		this.replay.replay(List.of(letter.get()), dryRun, results::add);
		return results.get(0);
	}

	/**
	 * Replays dead letters, the oldest first, each at most once.
	 * @param filter which of them
	 * @param limit the most dead letters to try
	 * @param dryRun whether to only transform the events and say what would be executed
	 * @return what became of each, until a failure or an interrupt ended the replay
	 */
	public ReplayReport replay(DeadLetterFilter filter, int limit, boolean dryRun) {
		Assert.isTrue(limit > 0, () -> "'limit' must be at least 1, but is " + limit);
		return this.replay.replay(filter, limit, dryRun);
	}

	/**
	 * Discards one dead letter.
	 * @param id the dead letter
	 * @return whether there was one
	 */
	public boolean discard(long id) {
		return inTransaction(() -> delete(List.of(id), DeadLetterFilter.ALL)) > 0;
	}

	/**
	 * Discards dead letters, in small transactions. Those that are stored meanwhile stay.
	 * @param filter which of them
	 * @return how many were discarded
	 */
	public long discard(DeadLetterFilter filter) {
		long last = lastId();
		long discarded = 0;
		long after = 0;
		while (true) {
			long from = after;
			List<Long> some = inTransaction(() -> this.letters.some(filter, from, last, STEP));
			if (some.isEmpty()) {
				return discarded;
			}
			discarded += inTransaction(() -> delete(some, filter));
			after = some.get(some.size() - 1);
		}
	}

	private int delete(List<Long> ids, DeadLetterFilter filter) {
		List<Long> locked = this.letters.lock(ids, filter);
		this.store.delete(locked);
		return locked.size();
	}

	/**
	 * Exports dead letters with their payloads as NDJSON, a line for each, the oldest
	 * first. The payload is missing if it was not stored.
	 * @param filter which of them
	 * @return reads dead letters as it is read, one at a time; those that are stored
	 * after this call are not among them
	 */
	public InputStream export(DeadLetterFilter filter) {
		return new DeadLetterExport(this, filter);
	}

	/**
	 * Deletes dead letters that failed last before a time: some of them, so that nothing
	 * is locked for long.
	 * @param before the time
	 * @return how many were found; none if there are no more
	 */
	public int purge(Instant before) {
		return inTransaction(() -> {
			List<Long> some = this.letters.someExpired(before, STEP);
			delete(some, DeadLetterRepository.failedBefore(before));
			return some.size();
		});
	}

	List<DeadLetter> oldestFirst(DeadLetterFilter filter, long after, long last) {
		return inTransaction(() -> this.letters.oldestFirst(filter, after, last, STEP));
	}

	long lastId() {
		return inTransaction(this.letters::lastId);
	}

	@SuppressWarnings("NullAway") // a supplier of these never gives null
	private <T> T inTransaction(Supplier<T> action) {
		return this.transactions.execute((status) -> action.get());
	}

}
