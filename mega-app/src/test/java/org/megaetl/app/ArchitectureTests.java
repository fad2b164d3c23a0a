package org.megaetl.app;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.transaction.support.TransactionTemplate;

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

	@Test
	void nothingPrints() {
		NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(classes);
	}

}
