package org.megaetl.connector.ethereum;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.config.InvalidConfigurationException;
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

	private List<String> totals() {
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
			await().atMost(PATIENCE)
				.until(() -> this.jdbc
					.sql("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE "
							+ "'DELETE FROM `note`%'")
					.query(Integer.class)
					.single() > 0);
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
