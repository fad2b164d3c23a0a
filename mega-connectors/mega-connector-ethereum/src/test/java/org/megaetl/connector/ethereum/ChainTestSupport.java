package org.megaetl.connector.ethereum;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.test.Anvil;
import org.megaetl.test.ApplicationProcess;
import tools.jackson.databind.JsonNode;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A real node, a real database, and applications that follow the one into the other.
 */
class ChainTestSupport {

	static final Duration PATIENCE = Duration.ofSeconds(60);

	private static @Nullable TestDatabase database;

	@TempDir
	Path directory;

	Anvil node;

	Notes notes;

	JdbcClient jdbc;

	private final List<AutoCloseable> running = new ArrayList<>();

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@BeforeEach
	void start() {
		for (String table : List.of("note", "note_total", "mega_checkpoint", "mega_ethereum_chain",
				"mega_ethereum_block", "mega_ethereum_pending", "transaction_status", "mega_dead_letter",
				"mega_dead_letter_payload")) {
			if (exists(table)) {
				database.execute("DELETE FROM " + table);
			}
		}
		this.jdbc = JdbcClient.create(database.dataSource());
		this.node = startNode();
		this.notes = new Notes(this.node);
	}

	Anvil startNode() {
		return Anvil.start();
	}

	static boolean exists(String table) {
		return JdbcClient.create(database.dataSource())
			.sql("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?")
			.param(table)
			.query(Integer.class)
			.single() > 0;
	}

	@AfterEach
	void stop() throws Exception {
		for (AutoCloseable application : this.running) {
			application.close();
		}
		if (this.node != null) {
			this.node.close();
		}
	}

	static TestDatabase database() {
		return database;
	}

	ConfigurableApplicationContext application(String... properties) {
		ConfigurableApplicationContext context = NotesApplication.run(arguments(properties));
		this.running.add(context);
		return context;
	}

	ApplicationProcess process(String name, String... properties) {
		ApplicationProcess process = ApplicationProcess.start(this.directory.resolve(name), List.of("-Xmx256m"),
				NotesApplication.class, Arrays.asList(arguments(properties)));
		this.running.add(process);
		return process;
	}

	/**
	 * Returns the arguments of an application that writes rows as soon as there are
	 * blocks.
	 * @param properties what is different, without the prefix of the inbound; or whole
	 * arguments
	 */
	private String[] arguments(String... properties) {
		String prefix = "--mega.connectors.ethereum.inbound.notes.";
		List<String> arguments = new ArrayList<>(List.of("--mega.connectors.ethereum.enabled=true",
				prefix + "endpoints=" + this.node.url(), prefix + "transformer=rows", prefix + "data=logs",
				prefix + "events[0]=" + Notes.SIGNATURE, prefix + "start=earliest", prefix + "finality=latest",
				prefix + "reorg-tables=note", prefix + "poll-interval=50ms", prefix + "lease-duration=2s"));
		for (String property : properties) {
			String key = property.substring(0, property.indexOf('='));
			arguments.removeIf((argument) -> argument.startsWith(prefix + key.replaceFirst("\\[\\d+].*", "") + "="));
			arguments.add(property.startsWith("--") ? property : prefix + property);
		}
		for (String property : database.toProperties()) {
			arguments.add("--" + property);
		}
		return arguments.toArray(String[]::new);
	}

	static Pipeline pipeline(ConfigurableApplicationContext context) {
		return context.getBean(Pipelines.class).all().iterator().next();
	}

	/**
	 * Waits until the table has what the chain has, each log once.
	 */
	void awaitWhatTheChainHas() {
		await().atMost(PATIENCE).untilAsserted(() -> assertThat(rows()).isEqualTo(chain()));
	}

	List<String> rows() {
		if (!exists("note")) {
			return List.of();
		}
		return this.jdbc.sql("SELECT CONCAT(block_hash, '/', log_index) FROM note WHERE NOT orphaned")
			.query(String.class)
			.list()
			.stream()
			.sorted()
			.toList();
	}

	List<String> texts() {
		if (!exists("note")) {
			return List.of();
		}
		return this.jdbc.sql("SELECT note FROM note WHERE NOT orphaned ORDER BY arrival").query(String.class).list();
	}

	private List<String> chain() {
		JsonNode logs = this.node.call("eth_getLogs", Map.of("fromBlock", "0x0", "toBlock", "latest"));
		List<String> all = new ArrayList<>();
		logs.forEach(
				(log) -> all.add(log.get("blockHash").asString() + "/" + Long.decode(log.get("logIndex").asString())));
		return all.stream().sorted().toList();
	}

	String position() {
		if (!exists("mega_checkpoint")) {
			return "";
		}
		return this.jdbc.sql("SELECT position FROM mega_checkpoint WHERE position <> ''")
			.query(String.class)
			.optional()
			.orElse("");
	}

}
