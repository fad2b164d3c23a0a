package org.megaetl.pipeline;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.pipeline.PullPipeline.BatchResult;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests of batches with events that are set aside, as the database is going to refuse
 * them: they end as if each event was written by itself, in order.
 */
class DoubtedEventsTests {

	private static final int BATCH = 300;

	/** What is compared with single events is to be short. */
	private static final int SHORT_BATCH = 130;

	private static final String LONG = "far-too-long-a-name";

	@RegisterExtension
	static OwnPipeline own = new OwnPipeline(DoubtedEventsTests::rows);

	/** What the server had done before the first of some batches. */
	private static Counters before = new Counters(0, 0);

	@BeforeEach
	void createTables() {
		createTables("id INT");
	}

	private static void createTables(String key) {
		own.database()
			.execute("DROP TABLE IF EXISTS part",
					"CREATE OR REPLACE TABLE item (%s, name VARCHAR(10) NOT NULL, day DATE, n SMALLINT, d DECIMAL(5,2), x INT)"
						.formatted(key),
					"CREATE TABLE part (id INT, name VARCHAR(10) NOT NULL, day DATE)");
		own.clear();
	}

	/**
	 * Bad values that the catalogue tells, bad values that it does not, and rows with
	 * keys of others, good and bad.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			id INT                  | insert | false | auto
			id INT PRIMARY KEY      | insert | false | auto
			id INT PRIMARY KEY      | insert | true  | auto
			id INT PRIMARY KEY      | insert | false | never
			id INT PRIMARY KEY      | upsert | false | auto
			id INT PRIMARY KEY      | upsert | true  | never
			id INT PRIMARY KEY      | absent | false | auto
			id INT                  | insert | true  | auto
			""")
	void eventsEndAsIfEachWasWrittenByItself(String key, String mode, boolean parts, String loadData) {
		List<List<String>> batches = new ArrayList<>();
		Random random = new Random(key.length() + mode.length());
		for (int batch = 0; batch < 6; batch++) {
			batches.add(payloads(random, batch, mode, parts));
		}
		createTables(key);
		List<String> loaded = deliver(loadData, batches);
		createTables(key);
		List<String> expected = deliver("never",
				batches.stream().flatMap((batch) -> batch.stream().map(List::of)).toList());
		assertThat(loaded).isEqualTo(expected);
	}

	private static List<String> payloads(Random random, int batch, String mode, boolean parts) {
		List<String> payloads = new ArrayList<>();
		for (int i = 0; i < SHORT_BATCH; i++) {
			int id = (random.nextInt(40) == 0) ? random.nextInt((batch + 1) * SHORT_BATCH) : batch * SHORT_BATCH + i;
			String good = "%s item id=%d name=n%d day=2026-01-01 n=7 d=1.5".formatted(mode, id, i);
			// batches with no bad value, with those the catalogue tells, and with both
			String payload = switch (random.nextInt(60 / Math.max(1, batch % 3)) + ((batch % 3 == 0) ? 27 : 0)) {
				case 0 -> good.replace("name=n", "name=much-too-long-a-name");
				case 1 -> good.replace("n=7", "n=40000");
				case 2 -> good.replace("d=1.5", "d=12345.5");
				case 3 -> good.replaceAll("name=n\\d+", "name=null");
				case 4 -> (batch > 2) ? good.replace("2026-01-01", "2026-02-30") : good;
				case 5 -> (batch > 3) ? good.replace("d=1.5", "d=1.555") : good;
				default -> good;
			};
			if (parts) {
				String name = (random.nextInt(80) == 0) ? LONG : "p";
				String part = "insert part id=" + id + " name=" + name;
				payload = random.nextBoolean() ? payload + ";" + part : part + ";" + payload;
			}
			payloads.add(payload);
		}
		return payloads;
	}

	/**
	 * Events of rows and text that changes what rows before and behind it leave, in
	 * tables that refer to each other or have a trigger.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			mariadb | plain
			mysql   | referring
			mysql   | triggering
			""")
	void eventsOfSeveralKindsEndAsIfEachWasWrittenByItself(String driver, String tables) {
		List<List<String>> batches = new ArrayList<>();
		Random random = new Random(tables.length());
		for (int batch = 0; batch < 4; batch++) {
			batches.add(mixed(payloads(random, batch, (batch % 2 == 0) ? "insert" : "upsert", batch == 3), random));
		}
		relate(tables);
		List<String> written = deliver("auto", driver, batches);
		relate(tables);
		List<String> expected = deliver("never", driver,
				batches.stream().flatMap((batch) -> batch.stream().map(List::of)).toList());
		assertThat(written).isEqualTo(expected);
	}

	private static void relate(String tables) {
		createTables("id INT PRIMARY KEY");
		switch (tables) {
			case "referring" -> own.database().execute("ALTER TABLE part ADD FOREIGN KEY (id) REFERENCES item (id)");
			case "triggering" -> own.database()
				.execute("CREATE TRIGGER item_part AFTER INSERT ON item FOR EACH ROW "
						+ "INSERT INTO part VALUES (NEW.id, CONCAT(NEW.name, 'part'), NEW.day)");
			default -> {
			}
		}
	}

	private static List<String> mixed(List<String> payloads, Random random) {
		return payloads.stream().map((payload) -> switch (random.nextInt(120)) {
			case 0 -> payload + ";raw UPDATE item SET n = n + 15000 WHERE id < " + random.nextInt(800);
			case 1 -> "raw UPDATE item SET x = id, n = n + 15000 WHERE id = " + random.nextInt(800) + ";" + payload;
			case 2 -> payload + ";delete item id=" + random.nextInt(800);
			case 3 -> "delete item id=" + random.nextInt(800);
			case 4 -> payload + ";" + payload;
			case 5 -> payload + ";raw SET @last = @last + 1";
			case 6 -> "raw INSERT INTO part SELECT id, name, day FROM item WHERE n > 7;" + payload;
			default -> payload;
		}).toList();
	}

	@Test
	void eventsThatTheCatalogueTellsAreInsertedAndTheOthersLoaded() {
		List<List<String>> batches = new ArrayList<>();
		for (int batch = 0; batch < 3; batch++) {
			batches.add(batch((i) -> good(i).replace("name=n", (i % 100 == 7) ? "name=" + LONG : "name=n")));
		}
		List<String> written = deliver("auto", batches);
		Counters after = Counters.read();
		assertThat(written).hasSize(3 * BATCH)
			.filteredOn((line) -> line.endsWith("Data too long for column 'name' at row 1"))
			.hasSize(9);
		assertThat(after.loads() - before.loads()).isEqualTo(3);
		assertThat(after.rollbacks() - before.rollbacks()).isZero();
	}

	@Test
	void eventsThatTheServerRemarksOnAreInsertedAndTheOthersLoadedAgain() {
		List<List<String>> batches = new ArrayList<>();
		for (int batch = 0; batch < 3; batch++) {
			batches.add(batch((i) -> good(i).replace("2026-01-01", (i % 100 == 7) ? "2026-02-30" : "2026-01-01")));
		}
		List<String> written = deliver("auto", batches);
		Counters after = Counters.read();
		assertThat(written).hasSize(3 * BATCH)
			.filteredOn((line) -> line.contains("Incorrect date value: '2026-02-30' for column"))
			.hasSize(9);
		assertThat(after.loads() - before.loads()).isEqualTo(6);
		assertThat(after.rollbacks() - before.rollbacks()).isEqualTo(3);
	}

	/**
	 * The server keeps no more remarks: rows that none is kept of must not be written.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 64, 65, 200 })
	void moreBadEventsThanRemarksAreKept(int bad) {
		List<String> written = deliver("auto", List
			.of(batch((i) -> good(i).replace("2026-01-01", (i >= 90 && i < 90 + bad) ? "2026-02-30" : "2026-01-01"))));
		assertThat(written).hasSize(BATCH).filteredOn((line) -> line.contains("Incorrect date value")).hasSize(bad);
	}

	@Test
	void allEventsOfABatchMayBeBad() {
		List<String> written = deliver("auto", List.of(batch((i) -> good(i).replace("name=n", "name=" + LONG))));
		assertThat(written).hasSize(BATCH).allMatch((line) -> line.contains("Data too long"));
	}

	@Test
	void theSecondShapeOfABatchTakesTheFirstBackWhenItIsRemarkedOn() {
		List<String> written = deliver("auto", List.of(batch((i) -> (i % 2 == 0) ? good(i)
				: "insert part id=%d name=p day=%s".formatted(i, (i == 151) ? "2026-02-30" : "2026-01-01"))));
		assertThat(written).hasSize(BATCH).filteredOn((line) -> line.contains("Incorrect date value")).hasSize(1);
		assertThat(own.count("item")).isEqualTo(BATCH / 2);
		assertThat(own.count("part")).isEqualTo(BATCH / 2 - 1);
	}

	/**
	 * Were the first of a key written last, the second would win.
	 */
	@Test
	void whatIsDoubtedInVainKeepsItsPlace() {
		createTables("id INT PRIMARY KEY");
		own.run((pipeline) -> {
			pipeline.deliver(OwnPipeline.batch(0, batch((i) -> good(1000 + i))));
			own.database().execute("ALTER TABLE item MODIFY name VARCHAR(100)");
			List<EventOutcome> outcomes = pipeline.deliver(OwnPipeline.batch(BATCH, batch((i) -> switch (i) {
				case 7 -> good(100).replace("name=n", "name=" + LONG);
				case 100 -> good(7).replace("name=n", "name=" + LONG);
				case 200 -> good(100);
				case 201 -> good(7);
				default -> good(i);
			}))).outcomes();
			assertThat(outcomes).filteredOn(EventOutcome.DeadLettered.class::isInstance)
				.hasSize(2)
				.containsExactly(outcomes.get(200), outcomes.get(201));
			assertThat(own.list("SELECT name FROM item WHERE id IN (7, 100)")).hasSize(2)
				.allMatch((name) -> name.startsWith(LONG));
		});
	}

	@Test
	void aGoodEventWinsOverABadOneOfItsKey() {
		createTables("id INT PRIMARY KEY");
		List<String> written = deliver("auto", List.of(batch((i) -> switch (i) {
			case 7 -> good(100).replace("name=n", "name=" + LONG);
			case 200 -> good(250).replace("2026-01-01", "2026-02-30");
			case 100, 250 -> good(i);
			default -> good(i);
		})));
		assertThat(written).filteredOn((line) -> line.contains(" 22001 ") || line.contains(" 22007 ")).hasSize(2);
		assertThat(own.count("item")).isEqualTo(BATCH - 2);
	}

	@Test
	void aChangeOfTheColumnIsNoticed() {
		own.run((pipeline) -> {
			List<String> payloads = batch((i) -> good(i).replace("name=n", (i == 50) ? "name=" + LONG : "name=n"));
			assertThat(pipeline.deliver(OwnPipeline.batch(0, payloads)).outcomes())
				.filteredOn(EventOutcome.DeadLettered.class::isInstance)
				.hasSize(1);
			own.database().execute("ALTER TABLE item MODIFY name VARCHAR(100)");
			assertThat(pipeline.deliver(OwnPipeline.batch(BATCH, payloads)).outcomes())
				.hasOnlyElementsOfType(EventOutcome.Written.class);
			own.database().execute("DELETE FROM item", "ALTER TABLE item MODIFY name VARCHAR(10)");
			assertThat(pipeline.deliver(OwnPipeline.batch(2 * BATCH, payloads)).outcomes())
				.filteredOn(EventOutcome.DeadLettered.class::isInstance)
				.hasSize(1);
			assertThat(own.count("item")).isEqualTo(BATCH - 1);
		});
	}

	/**
	 * While the rows that are not doubted wait for a lock.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "KILL QUERY", "KILL CONNECTION" })
	void aConnectionThatIsLostMakesNoDeadLetters(String kill) {
		createTables("id INT PRIMARY KEY");
		own.run((pipeline) -> {
			try (Connection lock = own.database().dataSource().getConnection();
					Statement statement = lock.createStatement()) {
				lock.setAutoCommit(false);
				statement.executeUpdate("INSERT INTO item (id, name) VALUES (150, 'held')");
				CompletableFuture<BatchResult> result = OwnPipeline.deliverInBackground(pipeline, OwnPipeline.batch(0,
						batch((i) -> good(i).replace("name=n", (i == 50) ? "name=" + LONG : "name=n"))));
				await().until(() -> own.loadingConnection().isPresent() || result.isDone());
				own.database().execute(kill + " " + own.loadingConnection().orElseThrow());
				await().until(() -> own.isWriting() || result.isDone());
				assertThat(result).isNotDone();
				lock.rollback();
				assertThat(result.get(30, TimeUnit.SECONDS).outcomes())
					.filteredOn(EventOutcome.DeadLettered.class::isInstance)
					.hasSize(1);
			}
			assertThat(own.count("item")).isEqualTo(BATCH - 1);
		}, "mega.sink.jdbc.lock-wait-timeout=20s");
	}

	/**
	 * Delivers batches.
	 * @return the rows and the dead letters
	 */
	private static List<String> deliver(String loadData, List<List<String>> batches) {
		return deliver(loadData, "mysql", batches);
	}

	private static List<String> deliver(String loadData, String driver, List<List<String>> batches) {
		own.run((pipeline) -> {
			before = Counters.read();
			int first = 0;
			for (List<String> batch : batches) {
				pipeline.deliver(OwnPipeline.batch(first, batch));
				first += batch.size();
			}
		}, "mega.sink.jdbc.load-data=" + loadData,
				"spring.datasource.url=" + own.database().jdbcUrl().replace("jdbc:mysql:", "jdbc:" + driver + ":"));
		List<String> written = new ArrayList<>(own
			.list("SELECT CONCAT_WS(' ', id, name, day, n, d) FROM item UNION ALL SELECT CONCAT_WS(' ', id, name, "
					+ "day, 'part') FROM part ORDER BY 1"));
		written.addAll(own.list(
				"SELECT CONCAT_WS(' ', position, sql_state, vendor_code, REGEXP_REPLACE(message, '^.conn=[0-9]+. ', '')) "
						+ "FROM mega_dead_letter ORDER BY position + 0"));
		return written;
	}

	private static List<String> batch(IntFunction<String> payload) {
		return IntStream.range(0, BATCH).mapToObj(payload).toList();
	}

	private static String good(int id) {
		return "insert item id=%d name=n%d day=2026-01-01 n=7 d=1.5".formatted(id, id % 1000);
	}

	private static Transformer rows() {
		return (event) -> Arrays.stream(event.text().split(";")).map(DoubtedEventsTests::statement).toList();
	}

	private static SqlStatement statement(String text) {
		return text.startsWith("raw ") ? SqlStatement.of(text.substring(4)) : row(text);
	}

	private static Row row(String text) {
		String[] words = text.split(" ");
		Row row = switch (words[0]) {
			case "upsert" -> Row.upsert(words[1]);
			case "absent" -> Row.insertIfAbsent(words[1]);
			case "delete" -> Row.delete(words[1]);
			default -> Row.insert(words[1]);
		};
		for (int i = 2; i < words.length; i++) {
			String[] pair = words[i].split("=");
			Object value = switch (pair[0]) {
				case "id", "n" -> Integer.valueOf(pair[1]);
				case "d" -> new BigDecimal(pair[1]);
				default -> pair[1].equals("null") ? null : pair[1];
			};
			row = (pair[0].equals("id") && !words[0].equals("insert")) ? row.key("id", value) : row.set(pair[0], value);
		}
		return row;
	}

	/**
	 * What the server has done so far.
	 *
	 * @param loads how many texts it has loaded
	 * @param rollbacks how often a part of a transaction was taken back
	 */
	private record Counters(long loads, long rollbacks) {

		static Counters read() {
			return new Counters(own.status("Com_load"), own.status("Com_rollback_to_savepoint"));
		}

	}

}
