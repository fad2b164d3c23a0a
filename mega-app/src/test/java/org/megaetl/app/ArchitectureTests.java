package org.megaetl.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.transaction.support.TransactionTemplate;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules of all modules, tested here because they meet here.
 */
class ArchitectureTests {

	/** What is unbounded whatever it is created with, or has such a queue in it. */
	private static final List<Class<?>> UNBOUNDED = List.of(ConcurrentLinkedQueue.class, ConcurrentLinkedDeque.class,
			LinkedTransferQueue.class, PriorityBlockingQueue.class, DelayQueue.class, ScheduledThreadPoolExecutor.class,
			ThreadPoolTaskExecutor.class, ThreadPoolTaskScheduler.class);

	/** The classes with such queues, and what bounds each. */
	private static final Map<String, String> BOUNDED_ELSEWHERE = Map.of("org.megaetl.connector.kafka.DeliveryLane",
			"a consumer's batches by its BatchRoom, which it polls no more without; besides, one task for each "
					+ "assignment or lost batch",
			"org.megaetl.connector.kafka.KafkaReader",
			"one task for each claim, or batch in the BatchRoom that was lost; all are done before each poll",
			"org.megaetl.connector.kafka.SharedClients", "one task for each consumer, to look after it",
			"org.megaetl.connector.redis.RedisConnectorAutoConfiguration",
			"one heartbeat for each slot that a reader has leased, removed with the lease",
			"org.megaetl.sink.RowLoader", "a pool of texts, never more than there are writers at once",
			"org.megaetl.transformers.guest.GuestInstances",
			"a pool of instances, never more for a pipeline than there are threads that call one at once",
			"org.megaetl.pipeline.AdapterThreads",
			"nothing waits: one thread for each reader, and for each of its helpers, whose number it bounds");

	private static JavaClasses classes;

	@BeforeAll
	static void importClasses() {
		classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.withImportOption((location) -> !location.contains("mega-test"))
			.importPackages("org.megaetl");
	}

	/**
	 * A rule says nothing about classes that are not there.
	 */
	@Test
	void allModulesAreThere() {
		assertThat(classes).extracting(JavaClass::getPackageName)
			.contains("org.megaetl.pipeline", "org.megaetl.connector.webhook", "org.megaetl.connector.ethereum",
					"org.megaetl.connector.redis", "org.megaetl.devservices", "org.megaetl.transformers")
			.noneMatch((name) -> name.startsWith("org.megaetl.examples"));
	}

	/**
	 * Keys of a connector that is not there are answered with the module to add.
	 */
	@Test
	void theCheckOfKeysKnowsTheModulesOfAllConnectors() throws Exception {
		Matcher modules = Pattern.compile("<module>mega-connector-(.+)</module>")
			.matcher(Files.readString(Path.of("..", "mega-connectors", "pom.xml")));
		assertThat(
				ReflectionTestUtils.getField(Class.forName("org.megaetl.config.UnknownKeysCheck"), "CONNECTOR_MODULES"))
			.asInstanceOf(InstanceOfAssertFactories.collection(String.class))
			.containsExactlyInAnyOrderElementsOf(modules.results().map((module) -> module.group(1)).toList());
	}

	@Test
	void connectorsKnowNothingOfEachOther() {
		slices().matching("org.megaetl.connector.(*)..").should().notDependOnEachOther().check(classes);
	}

	@Test
	void nothingKnowsTheDevServices() {
		noClasses().that()
			.resideOutsideOfPackage("org.megaetl.devservices")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.megaetl.devservices")
			.check(classes);
	}

	@Test
	void packagesAreNullMarked() {
		classes().should(new ArchCondition<>("be in a package with @NullMarked") {

			@Override
			public void check(JavaClass item, ConditionEvents events) {
				events.add(new SimpleConditionEvent(item, item.getPackage().isAnnotatedWith(NullMarked.class),
						item.getPackageName()));
			}

		}).check(classes);
	}

	@Test
	void autoConfigurationsAreClosed() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(classes);
		constructors().that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePackagePrivate()
			.check(classes);
	}

	@Test
	void autoConfigurationsAreListed() {
		assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()).getCandidates())
			.filteredOn((name) -> name.startsWith("org.megaetl."))
			.containsExactlyInAnyOrderElementsOf(classes.stream()
				.filter((type) -> type.isAnnotatedWith(AutoConfiguration.class))
				.map(JavaClass::getName)
				.toList());
	}

	/**
	 * It logs an error with a stack trace when the database goes away in a transaction,
	 * and hides what the transaction failed with: SinkTransactions does not.
	 */
	@Test
	void transactionsExpectTheDatabaseToGoAway() {
		noClasses().should().dependOnClassesThat().areAssignableTo(TransactionTemplate.class).check(classes);
	}

	/**
	 * The list of exceptions is complete, and has none that is not needed any more.
	 */
	@Test
	void backpressureNotBuffersSoNoQueueIsUnbounded() {
		DescribedPredicate<JavaAccess<?>> unbounded = DescribedPredicate
			.describe("creates a queue without a capacity, or threads that have one", ArchitectureTests::isUnbounded);
		noClasses().that(are(not(in(BOUNDED_ELSEWHERE.keySet()))))
			.should()
			.accessTargetWhere(unbounded)
			.as("No queue is unbounded")
			.because("there is backpressure, not buffers: give it a capacity, or list here what bounds it")
			.check(classes);
		for (Map.Entry<String, String> bounded : BOUNDED_ELSEWHERE.entrySet()) {
			classes().that()
				.haveFullyQualifiedName(bounded.getKey())
				.should()
				.accessTargetWhere(unbounded)
				.as(bounded.getKey() + " has a queue without a capacity")
				.because("it is listed as bounded by this: " + bounded.getValue())
				.check(classes);
		}
	}

	private static boolean isUnbounded(JavaAccess<?> access) {
		JavaClass owner = access.getTargetOwner();
		if (owner.isEquivalentTo(Executors.class)) {
			return access.getName().startsWith("new");
		}
		if (!access.getName().equals(JavaConstructor.CONSTRUCTOR_NAME)
				|| !(access.getTarget() instanceof CodeUnitAccessTarget constructor)) {
			return false;
		}
		if (owner.isAssignableTo(LinkedBlockingQueue.class) || owner.isAssignableTo(LinkedBlockingDeque.class)) {
			return constructor.getRawParameterTypes().stream().noneMatch((type) -> type.isEquivalentTo(int.class));
		}
		return UNBOUNDED.stream().anyMatch(owner::isAssignableTo);
	}

	/**
	 * Those who ask do not decide whether something is tried again: a savepoint that is
	 * gone is not rolled back to, and a failure at start-up is explained.
	 */
	@Test
	void oneClassDecidesWhatAFailureIsSoOthersDoNotReadErrorCodes() {
		noClasses()
			.that(are(not(in(Set.of("org.megaetl.sink.SqlFailure", "org.megaetl.sink.SqlFailureClassifier",
					"org.megaetl.sink.Savepoints", "org.megaetl.schema.ConnectionFailure")))))
			.should()
			.accessTargetWhere(DescribedPredicate.describe("asks for an error code or a SQL state",
					(access) -> access.getTargetOwner().isAssignableTo(SQLException.class)
							&& Set.of("getErrorCode", "getSQLState").contains(access.getName())))
			.as("Only the classifier of failures asks for error codes and SQL states")
			.because("one class decides whether a failure is transient, permanent or too large; ask "
					+ "SqlFailureClassifier")
			.check(classes);
	}

	/**
	 * The development services may back off where there is an XA data source.
	 */
	@Test
	void oneBatchIsOneTransactionOfOneDatabaseSoThereIsNoXa() {
		noClasses().that()
			.resideOutsideOfPackage("org.megaetl.devservices")
			.should()
			.dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage("javax.transaction..", "jakarta.transaction..")
				.or(nameMatching("javax\\.sql\\.XA.*")))
			.as("There is no XA")
			.because("the source's position commits in the transaction of the rows, and no other takes part")
			.check(classes);
	}

	private static DescribedPredicate<JavaClass> in(Set<String> names) {
		return DescribedPredicate.describe("one of " + names, (type) -> names.contains(type.getName()));
	}

	@Test
	void nothingPrints() {
		NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
	}

}
