package org.megaetl.test.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;

import org.awaitility.core.ConditionFactory;
import org.megaetl.connector.file.FileSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.test.ApplicationProcess;
import org.megaetl.test.audit.CuttingProxy.Cut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Does to an application what may happen to it, and looks first: an application is frozen
 * before it is killed, so that what is seen then is what the kill hits.
 */
final class ChaosHarness {

	private static final Logger logger = LoggerFactory.getLogger(ChaosHarness.class);

	/**
	 * What InnoDB shows of its transactions is that old at most; reading it more often
	 * keeps it from being renewed.
	 */
	private static final Duration AGE_OF_TRANSACTION_LIST = Duration.ofMillis(120);

	private static final int ATTEMPTS_TO_AIM = 20;

	private final TestDatabase database;

	private final JdbcClient jdbc;

	private final CuttingProxy proxy;

	private final FileSource source;

	private final Path marks;

	private final Path output;

	private final Random random;

	private int kills;

	private int killsInTransaction;

	private int openTransactions;

	private int killsBetweenCommitAndAcknowledgement;

	private int databaseKills;

	private int databaseKillsInTransaction;

	private int connectionKills;

	ChaosHarness(TestDatabase database, CuttingProxy proxy, FileSource source, Path directory, Random random) {
		this.database = database;
		this.jdbc = JdbcClient.create(database.dataSource());
		this.proxy = proxy;
		this.source = source;
		this.marks = directory.resolve("marks");
		this.output = directory.resolve("output.txt");
		this.random = random;
	}

	/**
	 * Kills the application a number of times, in a third of the rounds at random, in a
	 * third between writing and commit, in a third between commit and acknowledgement.
	 * Every seventh time the database is killed before, and connections all the time.
	 */
	void wreak(int rounds) {
		for (int round = 0; round < rounds; round++) {
			try (ApplicationProcess application = start(60)) {
				awaitWork(application);
				this.proxy
					.cutAtNextCommit((round % 2 == 0) ? Cut.BEFORE_CLIENT_SEES_REPLY : Cut.BEFORE_SERVER_SEES_COMMIT);
				if (round % 7 == 3) {
					killDatabase(application);
				}
				killConnection();
				Pauses.pause(this.random.nextInt(500));
				kill(application, round % 3);
				// the next application shall start: nobody else restarts it
				this.proxy.cutAtNextCommit(null);
			}
		}
	}

	private ApplicationProcess start(int linger) {
		try {
			Files.deleteIfExists(this.marks);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		List<String> args = new ArrayList<>(this.source.properties("checkpointed", "audited", "batch-size=20"));
		args.addAll(this.source.properties("acknowledged", "audited", "batch-size=20", "remember=beside-file"));
		args.add("spring.datasource.url=jdbc:mysql://127.0.0.1:" + this.proxy.port() + "/" + this.database.name());
		args.add("spring.datasource.username=" + this.database.username());
		args.add("spring.datasource.password=" + this.database.password());
		args.add("mega.sink.jdbc.connection-timeout=1s");
		args.add("audit.marks=" + this.marks);
		args.add("audit.linger=" + linger);
		args.add("audit.seed=" + this.random.nextLong());
		return ApplicationProcess.start(this.output, List.of("-Xmx128m"), AuditedApplication.class,
				args.stream().distinct().map((arg) -> "--" + arg).toList());
	}

	private void awaitWork(ApplicationProcess application) {
		patiently().until(() -> {
			assertThat(application.isAlive()).as(() -> application.output()).isTrue();
			return marks(MarkedTransactions.COMMITTED) > 0;
		});
	}

	private void kill(ApplicationProcess application, int aim) {
		int transactions = 0;
		int gaps = 0;
		for (int attempt = 0; attempt < ATTEMPTS_TO_AIM; attempt++) {
			if (aim > 0) {
				byte mark = (aim == 1) ? MarkedTransactions.WRITTEN : MarkedTransactions.COMMITTED;
				patiently().until(() -> marks(mark) > 0);
			}
			application.freeze();
			Pauses.pause(AGE_OF_TRANSACTION_LIST.toMillis());
			transactions = openTransactions();
			gaps = marks(MarkedTransactions.COMMITTED);
			if (aim == 0 || (aim == 1 && transactions > 0) || (aim == 2 && gaps > 0)) {
				break;
			}
			application.resume();
		}
		application.kill();
		this.kills++;
		this.killsInTransaction += (transactions > 0) ? 1 : 0;
		this.openTransactions += transactions;
		this.killsBetweenCommitAndAcknowledgement += (gaps > 0) ? 1 : 0;
	}

	private void killDatabase(ApplicationProcess application) {
		patiently().pollInterval(AGE_OF_TRANSACTION_LIST).until(() -> openTransactions() > 0);
		application.freeze();
		Pauses.pause(AGE_OF_TRANSACTION_LIST.toMillis());
		this.databaseKillsInTransaction += (openTransactions() > 0) ? 1 : 0;
		this.databaseKills++;
		this.database.server().kill();
		application.resume();
		this.database.server().start();
		AuditedRows rows = new AuditedRows(this.database.dataSource());
		long before = rows.count();
		patiently().until(() -> rows.count() > before);
	}

	private void killConnection() {
		List<Long> connections = this.jdbc
			.sql("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
			.query(Long.class)
			.list();
		if (!connections.isEmpty()) {
			long connection = connections.get(this.random.nextInt(connections.size()));
			try {
				this.jdbc.sql("KILL CONNECTION " + connection).update();
				this.connectionKills++;
			}
			catch (UncategorizedSQLException ex) {
				logger.info("Connection {} was gone already", connection);
			}
		}
	}

	/**
	 * How many transactions of the application have written rows and are not committed.
	 */
	private int openTransactions() {
		return this.jdbc.sql("SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_rows_modified > 1")
			.query(Integer.class)
			.single();
	}

	private int marks(byte mark) {
		try {
			int count = 0;
			for (byte each : Files.exists(this.marks) ? Files.readAllBytes(this.marks) : new byte[0]) {
				count += (each == mark) ? 1 : 0;
			}
			return count;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Lets the application work undisturbed until it has done everything.
	 */
	void drain(Callable<Boolean> done) {
		try (ApplicationProcess application = start(0)) {
			await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(250)).until(() -> {
				assertThat(application.isAlive()).as(() -> application.output()).isTrue();
				return done.call();
			});
		}
	}

	String report() {
		return "killed the application %d times, %d times with %d open transactions, %d times between commit and "
			.formatted(this.kills, this.killsInTransaction, this.openTransactions,
					this.killsBetweenCommitAndAcknowledgement)
				+ "acknowledgement; the database %d times, %d times with open transactions; "
					.formatted(this.databaseKills, this.databaseKillsInTransaction)
				+ "%d connections by KILL, %d before COMMIT reached the database, %d before its reply came back"
					.formatted(this.connectionKills, this.proxy.cuts(Cut.BEFORE_SERVER_SEES_COMMIT),
							this.proxy.cuts(Cut.BEFORE_CLIENT_SEES_REPLY));
	}

	void assertThatItHurt() {
		assertThat(this.kills).isGreaterThanOrEqualTo(20);
		assertThat(this.killsInTransaction).isGreaterThanOrEqualTo(this.kills / 4);
		assertThat(this.killsBetweenCommitAndAcknowledgement).isGreaterThanOrEqualTo(this.kills / 4);
		assertThat(this.databaseKillsInTransaction).isPositive();
		assertThat(this.connectionKills).isPositive();
		assertThat(this.proxy.cuts(Cut.BEFORE_SERVER_SEES_COMMIT)).isPositive();
		assertThat(this.proxy.cuts(Cut.BEFORE_CLIENT_SEES_REPLY)).isPositive();
	}

	private static ConditionFactory patiently() {
		return await().atMost(Duration.ofMinutes(1)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
	}

}
