package org.megaetl.connector.ethereum;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.deadletter.DeadLetterFilter;
import org.megaetl.deadletter.DeadLetterService;
import org.megaetl.deadletter.ReplayReport;
import org.megaetl.deadletter.ReplayResult.Outcome;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.test.ApplicationProcess;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Reorganizations of a real node's chain.
 */
class ReorgTests extends ChainTestSupport {

	/** The largest total. */
	private static final int FULL = Integer.MAX_VALUE;

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void takesBackWhatTheChainTakesBack(int depth) {
		ConfigurableApplicationContext application = application();
		this.notes.mineEach("a", "b", "c", "d");
		awaitWhatTheChainHas();
		this.node.rollback(depth);
		this.notes
			.mineEach(IntStream.range(0, depth + 1).mapToObj((number) -> "other " + number).toArray(String[]::new));
		awaitWhatTheChainHas();
		assertThat(texts()).hasSize(4 - depth + depth + 1).contains("a", "other 0");
		assertThat(pipeline(application).status().state()).isEqualTo(PipelineState.RUNNING);
		assertThat(pipeline(application).source().details()).containsEntry("reorganizations", 1L);
	}

	@Test
	void writesALogAgainThatIsPartOfAnotherBlockNow() {
		application();
		this.notes.mineEach("a", "b", "c");
		awaitWhatTheChainHas();
		List<String> before = rows();
		this.node.rollback(2);
		this.notes.send("new");
		this.notes.mineEach("b", "c");
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "new", "b", "c");
		assertThat(rows()).doesNotContainAnyElementsOf(before.stream().filter((row) -> !rows().contains(row)).toList());
	}

	@Test
	void takesBackAnEqualNumberOfBlocks() {
		application();
		this.notes.mineEach("a", "b", "c");
		awaitWhatTheChainHas();
		this.node.rollback(2);
		this.notes.mineEach("x", "y");
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "x", "y");
	}

	@Test
	void takesBackAllSinceItsStart() {
		this.notes.mineEach("before", "before");
		application("start=" + (this.node.head() + 1));
		this.notes.mineEach("a", "b");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("a", "b"));
		this.node.rollback(3);
		this.notes.mineEach("before", "x", "y", "z");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("x", "y", "z"));
	}

	@Test
	void takesBackWhatChangedWhileItWasDown() {
		ConfigurableApplicationContext first = application();
		this.notes.mineEach("a", "b", "c", "d");
		awaitWhatTheChainHas();
		first.close();
		this.node.rollback(3);
		this.notes.mineEach("x", "y", "z", "zz");
		application();
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "x", "y", "z", "zz");
	}

	@Test
	void marksRowsInPlaceOfRemovingThem() {
		application("orphaned-column=orphaned");
		this.notes.mineEach("a", "b");
		awaitWhatTheChainHas();
		this.node.rollback(1);
		this.notes.mineEach("x", "y");
		awaitWhatTheChainHas();
		assertThat(this.jdbc.sql("SELECT note FROM note WHERE orphaned").query(String.class).list())
			.containsExactly("b");
	}

	@Test
	void asksTheTransformerForWhatUndoesAnEvent() {
		application("transformer=total", "reorg-tables=");
		this.notes.send("a", "a", "b");
		this.node.mine(1);
		this.notes.mineEach("a", "b");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a 3", "b 2"));
		this.node.rollback(2);
		this.notes.mineEach("b", "b", "c");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a 2", "b 3", "c 1"));
	}

	@Test
	void doesNotRetractAnEventThatTheTransformerRefused() {
		ConfigurableApplicationContext application = application("transformer=total", "reorg-tables=");
		this.notes.mineEach("a");
		this.notes.sendUnreadable();
		this.notes.mineEach("a", "b");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a 2", "b 1"));
		assertThat(letters()).hasSize(1);
		this.node.rollback(2);
		this.notes.mineEach("c", "c", "c");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a 1", "b 0", "c 3"));
		assertThat(letters()).isEmpty();
		assertThat(pipeline(application).status().state()).isEqualTo(PipelineState.RUNNING);
	}

	@Test
	void doesNotRetractAnEventThatTheDatabaseRefused() {
		application("transformer=total", "reorg-tables=");
		letTheDatabaseRefuse("a");
		this.node.rollback(1);
		this.notes.mineEach("c", "c");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a " + FULL, "c 2"));
		assertThat(letters()).isEmpty();
	}

	@Test
	void retractsADeadLetterThatWasReplayed() {
		ConfigurableApplicationContext application = application("transformer=total", "reorg-tables=");
		letTheDatabaseRefuse("a");
		database().execute("UPDATE note_total SET total = 1");
		assertThat(replay(application)).isEqualTo(Outcome.WRITTEN);
		assertThat(totals()).containsExactly("a 2");
		this.node.rollback(1);
		this.notes.mineEach("c", "c");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a 1", "c 2"));
	}

	@Test
	void retractsADeadLetterThatIsReplayedMeanwhile() throws Exception {
		ConfigurableApplicationContext application = application("transformer=total", "reorg-tables=",
				"--mega.sink.jdbc.lock-wait-timeout=60s");
		letTheDatabaseRefuse("a");
		database().execute("UPDATE note_total SET total = 1");
		try (Connection connection = database().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			// the replay has locked its dead letter when it waits for this row
			statement.executeQuery("SELECT * FROM note_total WHERE note = 'a' FOR UPDATE").close();
			CompletableFuture<Outcome> replayed = CompletableFuture.supplyAsync(() -> replay(application));
			awaitStatement("INSERT INTO note_total%");
			this.node.rollback(1);
			this.notes.mineEach("c", "c");
			awaitStatement("SELECT id FROM mega_dead_letter%FOR UPDATE");
			connection.rollback();
			assertThat(replayed.get()).isEqualTo(Outcome.WRITTEN);
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly("a 1", "c 2"));
	}

	@Test
	void deletesTheDeadLettersOfBlocksThatAreTakenBack() {
		application();
		String tooLong = "n".repeat(101);
		long head = this.node.head();
		this.notes.mineEach(tooLong, "a", tooLong, "b");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("a", "b"));
		assertThat(letters()).containsExactly((head + 1) + "/0", (head + 3) + "/0");
		this.node.rollback(2);
		this.notes.mineEach("x", "y", "z");
		awaitTexts("a", "x", "y", "z");
		assertThat(letters()).containsExactly((head + 1) + "/0");
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM mega_dead_letter_payload").query(Integer.class).single())
			.isOne();
	}

	@Test
	void leavesTheDeadLettersOfAnotherChain() {
		application();
		this.notes.mineEach("n".repeat(101), "a");
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("a"));
		List<String> letters = letters();
		database().execute("UPDATE mega_dead_letter SET event_timestamp = event_timestamp - INTERVAL 1 DAY");
		this.node.rollback(2);
		this.notes.mineEach("x", "y", "z");
		awaitTexts("x", "y", "z");
		assertThat(letters()).hasSize(1).isEqualTo(letters);
	}

	/**
	 * Makes a dead letter of a note whose total cannot be larger.
	 */
	private void letTheDatabaseRefuse(String note) {
		this.notes.mineEach(note);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(totals()).containsExactly(note + " 1"));
		database().execute("UPDATE note_total SET total = " + FULL);
		this.notes.mineEach(note);
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(letters()).hasSize(1));
	}

	private static Outcome replay(ConfigurableApplicationContext application) {
		ReplayReport report = application.getBean(DeadLetterService.class).replay(DeadLetterFilter.ALL, 1, false);
		assertThat(report.results()).hasSize(1);
		return report.results().get(0).outcome();
	}

	/**
	 * Returns the positions of the dead letters.
	 */
	private List<String> letters() {
		return this.jdbc.sql("SELECT position FROM mega_dead_letter ORDER BY id").query(String.class).list();
	}

	private void awaitTexts(String... texts) {
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly(texts));
	}

	private void awaitStatement(String pattern) {
		await().atMost(PATIENCE)
			.until(() -> this.jdbc.sql("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE ?")
				.param(pattern)
				.query(Integer.class)
				.single() > 0);
	}

	private List<String> totals() {
		if (!exists("note_total")) {
			return List.of();
		}
		return this.jdbc.sql("SELECT CONCAT(note, ' ', total) FROM note_total ORDER BY note")
			.query(String.class)
			.list();
	}

	@Test
	void takesBackAsManyBlocksAsTheWindowHas() {
		application("reorg-window=3");
		this.notes.mineEach("a", "b", "c", "d", "e");
		awaitWhatTheChainHas();
		this.node.rollback(3);
		this.notes.mineEach("w", "x", "y", "z");
		awaitWhatTheChainHas();
		assertThat(this.jdbc.sql("SELECT COUNT(*) FROM mega_ethereum_block").query(Integer.class).single())
			.isEqualTo(3);
	}

	@Test
	void stopsWhenMoreIsTakenBackThanItKnows() {
		ConfigurableApplicationContext application = application("reorg-window=3");
		Pipeline pipeline = pipeline(application);
		this.notes.mineEach("a", "b", "c", "d", "e");
		awaitWhatTheChainHas();
		long head = this.node.head();
		this.node.rollback(4);
		this.notes.mineEach("v", "w", "x", "y", "z");
		await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.FAILED);
		assertThat(pipeline.status().reason()).contains("Blocks " + (head - 3) + " to " + head)
			.contains("reorg-window is 3")
			.contains("set the position");
		assertThat(texts()).containsExactly("a", "b", "c", "d", "e");
		// what the message says
		database().execute("DELETE FROM note WHERE note <> 'a'",
				"UPDATE mega_checkpoint SET position = '" + (head - 3) + "' WHERE position <> ''");
		pipeline.resume();
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "v", "w", "x", "y", "z");
	}

	@Test
	void believesNoHeadThatGoesBackwards() {
		ConfigurableApplicationContext application = application();
		this.notes.mineEach("a", "b", "c");
		awaitWhatTheChainHas();
		this.node.rollback(2);
		await().during(Duration.ofSeconds(1))
			.atMost(PATIENCE)
			.until(() -> texts().equals(List.of("a", "b", "c"))
					&& pipeline(application).status().state() == PipelineState.RUNNING);
		this.notes.mineEach("x", "y", "z");
		awaitWhatTheChainHas();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void readsOnWhereANodeErredForAMoment(boolean isFinal) {
		try (StubChain chain = new StubChain()) {
			if (!isFinal) {
				chain.withoutTags();
			}
			AtomicBoolean erred = new AtomicBoolean();
			chain.odd("eth_getBlockByNumber", (right) -> {
				if (right instanceof Map<?, ?> block && block.get("number").equals("0x5") && !erred.getAndSet(true)) {
					Map<Object, Object> other = new LinkedHashMap<>(block);
					other.put("parentHash", StubChain.hash(77));
					return other;
				}
				return right;
			});
			ConfigurableApplicationContext application = application("endpoints=" + chain.node().url(),
					"data=transactions", "events=", "transformer=statuses", "reorg-tables=", "finality=confirmations",
					"confirmations=1", "max-range=5");
			await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(position()).startsWith("9@"));
			assertThat(erred).isTrue();
			assertThat(pipeline(application).source().details()).containsEntry("reorganizations", 0L);
			assertThat(this.jdbc.sql("SELECT COUNT(*) FROM transaction_status").query(Integer.class).single())
				.isEqualTo(9);
		}
	}

	@Test
	void doesNotStartWhereNothingSaysHowRowsAreUndone() {
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> application("reorg-tables="))
			.havingRootCause()
			.isInstanceOf(InvalidConfigurationException.class)
			.withMessageContaining("inbound.notes.finality' is 'latest'")
			.withMessageContaining("reorg-tables");
	}

	@Test
	void doesNotStartWhereTheTableOrItsColumnIsMissing() {
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application("reorg-tables[0]=note", "reorg-tables[1]=nothing"))
			.havingRootCause()
			.withMessageContaining("nothing");
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> application("block-hash-column=hash_of_block"))
			.havingRootCause()
			.withMessageContaining("hash_of_block");
	}

	@Test
	void undoesAllOrNothingWhenKilledInTheMiddle() throws Exception {
		ApplicationProcess first = process("first");
		this.notes.mineEach("a", "b", "c", "d");
		awaitWhatTheChainHas();
		String position = position();
		try (Connection connection = database().dataSource().getConnection();
				Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			// the undo begins with the latest block: it is held after having removed that
			statement.executeQuery("SELECT * FROM note WHERE note = 'b' FOR UPDATE").close();
			this.node.rollback(3);
			this.notes.mineEach("x", "y", "z", "zz");
			awaitStatement("DELETE FROM `note`%");
			first.kill();
			connection.rollback();
		}
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(texts()).containsExactly("a", "b", "c", "d"));
		assertThat(position()).isEqualTo(position);
		application();
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "x", "y", "z", "zz");
	}

}
