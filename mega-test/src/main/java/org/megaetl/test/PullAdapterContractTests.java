package org.megaetl.test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.test.NumberedEvent.Kind;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What every adapter that reads a source must keep, whatever happens: each event is
 * written once, in the order of its key, and no event harms its neighbours. Extend
 * {@link CheckpointedAdapterContractTests}, {@link AcknowledgedAdapterContractTests} or
 * {@link ClaimedAdapterContractTests}, according to who remembers what has been read.
 * <p>
 * The tests run on a database server of their own, the application in this JVM or, where
 * it is killed, in a JVM of its own. Each test must find an empty source: make a new one
 * in a {@code @BeforeEach} method.
 */
public abstract class PullAdapterContractTests {

	/**
	 * The name of the transformer that the inbound must use.
	 */
	public static final String TRANSFORMER = "contract";

	static final String NAMESPACE = "contract";

	static final Duration PATIENCE = Duration.ofSeconds(30);

	@Nullable private static TestDatabase database;

	@TempDir
	@Nullable Path directory;

	private final List<AutoCloseable> running = new ArrayList<>();

	/**
	 * Returns the application under test: a configuration that can be started by
	 * {@code SpringApplication}, with the connector's auto-configuration.
	 * @return the class, with a name of its own (not an anonymous or local class)
	 */
	protected abstract Class<?> application();

	/**
	 * Returns the configuration of the adapter: one inbound with the transformer
	 * {@link #TRANSFORMER}.
	 * @return properties, each as {@code key=value}
	 */
	protected abstract List<String> properties();

	/**
	 * Puts events at the end of the source. Events of one key must keep their order;
	 * events of different keys must be in different parts of the source.
	 * @param events the events
	 * @throws Exception if the source does not take them
	 */
	protected abstract void produce(List<NumberedEvent> events) throws Exception;

	/**
	 * Returns into how many parts the source is divided at most: 1 for a source that is a
	 * single sequence.
	 * @return the number of keys that are used, 3 unless overridden
	 */
	protected int keys() {
		return 3;
	}

	/**
	 * Returns whether the source keeps the order of events of one key.
	 * @return {@code true} unless overridden
	 */
	protected boolean ordered() {
		return true;
	}

	@BeforeAll
	static void startDatabase() {
		database = TestDatabase.createWithOwnServer();
	}

	@AfterAll
	static void stopDatabase() {
		database().close();
		database = null;
	}

	@BeforeEach
	void forgetEverything() {
		audit().clear();
	}

	@AfterEach
	void stopApplications() throws Exception {
		for (AutoCloseable application : this.running) {
			application.close();
		}
	}

	@Test
	void writesEveryEventOnceAndInOrder() throws Exception {
		produceForAllKeys(1, 1000);
		Pipeline pipeline = pipeline(start());
		produceForAllKeys(1001, 2000);
		awaitNumbers(2000);
		produceForAllKeys(2001, 2010);
		awaitNumbers(2010);
		Assertions.assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
		Assertions.assertThat(audit().deadLetters()).isEmpty();
	}

	@Test
	void carriesOnWhereItWasAfterARestart() throws Exception {
		produceForAllKeys(1, 100);
		ConfigurableApplicationContext first = start();
		awaitNumbers(100);
		first.close();
		produceForAllKeys(101, 200);
		ConfigurableApplicationContext second = start();
		awaitNumbers(200);
		Assertions.assertThat(seen(second)).isEqualTo(100 * keys());
	}

	@Test
	void losesNothingWhenKilledBeforeTheCommit() throws Exception {
		produceForAllKeys(1, 100);
		ApplicationProcess process = startProcess(FaultPoint.BEFORE_COMMIT);
		int before = audit().count();
		process.kill();
		Assertions.assertThat(audit().count()).isEqualTo(before);
		start();
		awaitNumbers(100);
	}

	@Test
	void writesNothingTwiceWhenKilledBetweenCommitAndAcknowledgement() throws Exception {
		produceForAllKeys(1, 100);
		ApplicationProcess process = startProcess(FaultPoint.AFTER_COMMIT);
		process.kill();
		int committed = audit().count();
		Assertions.assertThat(committed).isPositive();
		ConfigurableApplicationContext second = start();
		awaitNumbers(100);
		produceForAllKeys(101, 110);
		awaitNumbers(110);
		assertRedelivery(committed, seen(second) - (110 * keys() - committed));
	}

	/**
	 * Asserts what was delivered again after a kill between commit and acknowledgement.
	 * @param committed how many events had been committed and not been acknowledged
	 * @param again how many events came again
	 */
	abstract void assertRedelivery(int committed, int again);

	@ParameterizedTest
	@CsvSource({ "1,REFUSED_BY_DATABASE", "15,REFUSED_BY_DATABASE", "30,REFUSED_BY_DATABASE",
			"1,REFUSED_BY_TRANSFORMER", "15,REFUSED_BY_TRANSFORMER", "30,REFUSED_BY_TRANSFORMER" })
	void aBadEventHarmsNoNeighbour(int bad, Kind kind) throws Exception {
		List<NumberedEvent> events = new ArrayList<>(NumberedEvent.range(0, 1, 30));
		NumberedEvent poison = new NumberedEvent(0, bad, kind);
		events.set(bad - 1, poison);
		produce(events);
		start();
		List<Integer> expected = new ArrayList<>(numbers(30));
		expected.remove(Integer.valueOf(bad));
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> Assertions.assertThat(written(0)).isEqualTo(expected));
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> Assertions.assertThat(audit().deadLetters())
				.singleElement()
				.satisfies((letter) -> Assertions.assertThat(letter)
					.hasEntrySatisfying("payload",
							(payload) -> Assertions.assertThat(payload).asString().contains(poison.payload()))
					.containsEntry("reason",
							(kind == Kind.REFUSED_BY_DATABASE) ? "DATABASE_REFUSED" : "TRANSFORM_FAILED")));
		produce(NumberedEvent.range(0, 31, 40));
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> Assertions.assertThat(written(0)).hasSize(39).endsWith(38, 39, 40));
	}

	@Test
	void waitsForADatabaseThatIsAwayAndCatchesUp() throws Exception {
		Pipeline pipeline = pipeline(start());
		produceForAllKeys(1, 100);
		awaitNumbers(100);
		database().server().kill();
		produceForAllKeys(101, 200);
		awaitState(pipeline, PipelineState.RETRYING);
		produceForAllKeys(201, 300);
		database().server().start();
		awaitNumbers(300);
		awaitState(pipeline, PipelineState.RUNNING);
		Assertions.assertThat(audit().deadLetters()).isEmpty();
	}

	@Test
	void startsWhileTheDatabaseIsAway() throws Exception {
		produceForAllKeys(1, 10);
		ConfigurableApplicationContext first = start();
		awaitNumbers(10);
		first.close();
		produceForAllKeys(11, 20);
		database().server().kill();
		Thread starting = new Thread(this::start, "starting");
		starting.start();
		database().server().start();
		starting.join();
		awaitNumbers(20);
	}

	@Test
	void writesNothingWhilePaused() throws Exception {
		Pipeline pipeline = pipeline(start());
		produceForAllKeys(1, 10);
		awaitNumbers(10);
		pipeline.pause();
		// what was being read when the pause began may still be written
		awaitStandstill();
		int before = audit().count();
		produceForAllKeys(11, 20);
		awaitStandstill();
		Assertions.assertThat(audit().count()).isEqualTo(before);
		pipeline.resume();
		awaitNumbers(20);
	}

	@Test
	void finishesWhatIsUnderWayWhenTheApplicationStops() throws Exception {
		ConfigurableApplicationContext first = start();
		FaultPoints faults = first.getBean(FaultPoints.class);
		produceForAllKeys(1, 50);
		awaitNumbers(50);
		faults.hold(FaultPoint.BEFORE_COMMIT);
		produce(NumberedEvent.range(0, 51, 52));
		Awaitility.await().atMost(PATIENCE).until(faults::isHolding);
		Thread closing = new Thread(first::close, "closing");
		closing.start();
		Awaitility.await()
			.during(Duration.ofMillis(500))
			.atMost(PATIENCE)
			.until(() -> closing.isAlive() && audit().count() == 50 * keys());
		faults.release();
		closing.join();
		int written = audit().count() - 50 * keys();
		Assertions.assertThat(written(0)).isEqualTo(numbers(50 + written));
		produceForOtherKeys(51, 52);
		start();
		awaitNumbers(52);
	}

	@Test
	void givesUpWhatTakesTooLongWhenTheApplicationStops() throws Exception {
		ConfigurableApplicationContext first = start("--spring.lifecycle.timeout-per-shutdown-phase=1s");
		FaultPoints faults = first.getBean(FaultPoints.class);
		faults.hold(FaultPoint.TRANSFORM);
		produceForAllKeys(1, 50);
		Awaitility.await().atMost(PATIENCE).until(faults::isHolding);
		Thread closing = new Thread(first::close, "closing");
		closing.start();
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !closing.isAlive());
		Assertions.assertThat(audit().count()).isZero();
		start();
		awaitNumbers(50);
	}

	ConfigurableApplicationContext start(String... args) {
		return startAs(NAMESPACE, args);
	}

	ConfigurableApplicationContext startAs(String namespace, String... args) {
		List<String> arguments = arguments(namespace);
		arguments.addAll(Arrays.asList(args));
		ConfigurableApplicationContext context = ContractApplication.run(application(),
				arguments.toArray(String[]::new));
		this.running.add(context);
		return context;
	}

	private ApplicationProcess startProcess(FaultPoint holdAt) {
		List<String> arguments = arguments(NAMESPACE);
		arguments.add(0, application().getName());
		arguments.add("--" + ContractConfiguration.HOLD_AT + "=" + holdAt);
		ApplicationProcess process = ApplicationProcess.start(directory().resolve("output.txt"), List.of("-Xmx256m"),
				ContractApplication.class, arguments);
		this.running.add(process);
		Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> {
			Assertions.assertThat(process.isAlive()).as(process.output()).isTrue();
			return process.output().contains(FaultPoints.HELD + holdAt);
		});
		return process;
	}

	private List<String> arguments(String namespace) {
		List<String> arguments = new ArrayList<>();
		properties().forEach((property) -> arguments.add("--" + property));
		for (String property : database().toProperties()) {
			arguments.add("--" + property);
		}
		arguments.add("--mega.namespace=" + namespace);
		return arguments;
	}

	static AuditTable audit() {
		return new AuditTable(database());
	}

	private static TestDatabase database() {
		if (database == null) {
			throw new IllegalStateException("The database is not running");
		}
		return database;
	}

	private Path directory() {
		if (this.directory == null) {
			throw new IllegalStateException("There is no temporary directory");
		}
		return this.directory;
	}

	static Pipeline pipeline(ConfigurableApplicationContext context) {
		Assertions.assertThat(context.getBean(Pipelines.class).all()).hasSize(1);
		return context.getBean(Pipelines.class).all().iterator().next();
	}

	static int seen(ConfigurableApplicationContext context) {
		return context.getBean(AuditTransformer.class).seen();
	}

	void produceForAllKeys(int from, int to) throws Exception {
		produce(NumberedEvent.range(0, from, to));
		produceForOtherKeys(from, to);
	}

	void produceForOtherKeys(int from, int to) throws Exception {
		for (int key = 1; key < keys(); key++) {
			produce(NumberedEvent.range(key, from, to));
		}
	}

	void awaitNumbers(int last) {
		for (int key = 0; key < keys(); key++) {
			awaitNumbers(key, last);
		}
	}

	void awaitNumbers(int key, int last) {
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> Assertions.assertThat(written(key)).isEqualTo(numbers(last)));
	}

	private List<Integer> written(int key) {
		List<Integer> numbers = audit().numbers(key);
		return ordered() ? numbers : numbers.stream().sorted().toList();
	}

	private static void awaitStandstill() {
		int[] before = { -1 };
		Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(400)).until(() -> {
			int count = audit().count();
			boolean still = count == before[0];
			before[0] = count;
			return still;
		});
	}

	private static void awaitState(Pipeline pipeline, PipelineState state) {
		Awaitility.await().atMost(PATIENCE).until(() -> pipeline.status().state() == state);
	}

	static List<Integer> numbers(int last) {
		return IntStream.rangeClosed(1, last).boxed().toList();
	}

}
