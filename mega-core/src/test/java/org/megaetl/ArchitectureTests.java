package org.megaetl;

import java.net.URISyntaxException;
import java.nio.file.Path;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.megaetl.event.Event;

import org.springframework.boot.jdbc.DataSourceUnwrapper;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The rules of this module. Those of all modules are tested in the application.
 */
class ArchitectureTests {

	private static final String[] SPI = { "org.megaetl.event", "org.megaetl.sql", "org.megaetl.transform" };

	private static JavaClasses classes;

	@BeforeAll
	static void importClasses() throws URISyntaxException {
		classes = new ClassFileImporter()
			.importPath(Path.of(Event.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
	}

	@Test
	void packagesHaveNoCycles() {
		slices().matching("org.megaetl.(*)..").should().beFreeOfCycles().check(classes);
	}

	@Test
	void knowsNoConnectorAndNoWeb() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.megaetl.connector..", "org.megaetl.app..", "jakarta.servlet..",
					"org.springframework.web..", "org.springframework.http..", "org.springframework.boot.web..",
					"org.springframework.kafka..", "org.apache.kafka..", "org.springframework.data..", "io.lettuce..")
			.check(classes);
	}

	@Test
	void whatUsersImplementDependsOnNothingOfTheEngine() {
		classes().that()
			.resideInAnyPackage(SPI)
			.should()
			.onlyDependOnClassesThat(resideInAPackage("java..").or(JavaClass.Predicates.resideInAnyPackage(SPI))
				.or(resideInAPackage("org.jspecify.annotations"))
				.or(resideInAPackage("org.springframework.util")))
			.check(classes);
	}

	@Test
	void eventsAndStatementsKnowNothingOfTransformers() {
		noClasses().that()
			.resideInAnyPackage("org.megaetl.event", "org.megaetl.sql")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.megaetl.transform")
			.check(classes);
	}

	/**
	 * Finding the pool behind a data source is a function without a context.
	 */
	@Test
	void onlyConfigurationUsesSpringBoot() {
		noClasses().that()
			.resideOutsideOfPackages("org.megaetl.autoconfigure", "org.megaetl.config", "org.megaetl.schema",
					"org.megaetl.actuate", "org.megaetl.tracing")
			.should()
			.dependOnClassesThat(
					resideInAPackage("org.springframework.boot..").and(not(type(DataSourceUnwrapper.class))))
			.check(classes);
	}

}
