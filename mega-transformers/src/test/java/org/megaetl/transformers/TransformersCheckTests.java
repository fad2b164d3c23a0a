package org.megaetl.transformers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.autoconfigure.MegaValidateAutoConfiguration;
import org.megaetl.config.ConfigurationChecksAutoConfiguration;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.schema.MegaSchemaAutoConfiguration;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transformers.test.TestFiles;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Transformers and their tests in {@code --mega.validate}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TransformersCheckTests {

	private static TestDatabase database;

	@TempDir
	private Path directory;

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
		database.execute("CREATE TABLE orders (order_id INT PRIMARY KEY, amount DECIMAL(20,2), at DATETIME(6))",
				"CREATE TABLE plain (id INT) ENGINE = MyISAM");
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@BeforeEach
	void writeTests() throws Exception {
		Files.writeString(this.directory.resolve("order.json"), "{\"id\":2,\"amount\":1}");
		Files.writeString(this.directory.resolve("order.mega-test.yml"),
				"""
						tests:
						- name: an order from a file
						  file: order.json
						  rows: { table: orders, row: { order_id: 2, amount: 1.00, at: null } }
						- name: an order in YAML
						  json: { id: 3, amount: 0.30, at: "2026-01-01T10:00:00+01:00" }
						  rows:
						  - { table: orders, mode: upsert, key: [order_id], row: { order_id: 3, amount: 0.3, at: "2026-01-01T09:00:00Z" } }
						""");
		Files.writeString(this.directory.resolve("bean.mega-test.yml"), """
				transformer: note
				tests:
				- { name: a note, text: Buy milk, rows: { table: notes, row: { text: Buy milk } } }
				""");
	}

	@Test
	void validatesTransformersAndTheirTests(CapturedOutput output) {
		run("--mega.transformers.order.tests[0].name=an amount that is no number",
				"--mega.transformers.order.tests[0].json={\"id\":1,\"amount\":\"much\"}",
				"--mega.transformers.order.tests[0].error=cannot be stored in column 'amount'");
		assertThat(output).contains("ok      transformer note: a bean", "ok      transformer note, test 'a note'",
				"ok      transformer order: configured, and fits its tables",
				"ok      transformer order, test 'an amount that is no number'",
				"ok      transformer order, test 'an order from a file'",
				"ok      transformer order, test 'an order in YAML'", "The configuration is valid");
	}

	@Test
	void tellsOfEveryFailure(CapturedOutput output) {
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> run("--mega.transformers.order.tests[0].name=wrong",
					"--mega.transformers.order.tests[0].json={\"id\":1}",
					"--mega.transformers.order.tests[0].rows={ table: orders, row: { order_id: 2 } }",
					"--mega.transformers.broken.type=mapping", "--mega.transformers.unfit.type=mapping",
					"--mega.transformers.unfit.table=orders", "--mega.transformers.unfit.columns.amont=/amount",
					"--mega.transformers.plain.type=mapping", "--mega.transformers.plain.table=plain",
					"--mega.transformers.plain.columns.id=/id"))
			.withMessageStartingWith("The configuration is not valid: 4 of ");
		assertThat(output).contains("FAILED  transformer broken", "has neither 'table' and 'columns' nor 'rows'",
				"FAILED  transformer order, test 'wrong'", "          column 'order_id' is 1, but 2 is expected",
				"ok      transformer order, test 'an order in YAML'", "FAILED  transformer unfit",
				"FAILED  transformer plain",
				"names the table 'plain', whose storage engine MyISAM has no transactions, so rows could be stored twice. "
						+ "Convert it: ALTER TABLE `plain` ENGINE = InnoDB.",
				"names the column 'amont', which table 'orders' does not have. Did you mean 'amount'?");
	}

	@Test
	void tellsOfMistakesInTests(CapturedOutput output) throws Exception {
		Path file = this.directory.resolve("ordr.mega-test.yml");
		Files.writeString(file, "tests: []");
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> run());
		assertThat(output)
			.contains("There are tests of the transformer 'ordr', which does not exist. Did you mean 'order'?");
		Files.writeString(file, "tests: [{ name: a, jsn: {} }]");
		assertThatExceptionOfType(InvalidConfigurationException.class).isThrownBy(() -> run());
		assertThat(output).contains("ordr.mega-test.yml] is no file of tests of transformers: "
				+ "a test has the key 'jsn', which means nothing; is 'json' meant?");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '^', quoteCharacter = '~',
			textBlock = """
					tests: [{ name: a, json: {}, headers: "X-A: b", skipped: true }] ^ 'headers' must be names with their values
					tests: [{ name: a, json: {}, headers: { a: [1] }, skipped: true }] ^ 'headers' must be names with their values
					tests: [{ name: a, json: {}, rows: { table: t, row: { a: 1 } }, skipped: ture }] ^ 'skipped' must be true or false, but is "ture"
					tests: [{ name: a, json: {}, skipped: true }]|---|tests: [] ^ Trailing token
					tests: [{ name: a, name: b, json: {}, skipped: true }] ^ uplicate
					&a [*a] ^ is no file of tests of transformers
					tests: { name: a } ^ it has no list 'tests'
					tests: [{ name: a, json: {}, timestamp: noon, skipped: true }] ^ is no file of tests of transformers
					~ ~ ^ is no file of tests of transformers
					""")
	void refusesFilesOfTestsWithMistakes(String content, String message) throws Exception {
		Files.writeString(this.directory.resolve("order.mega-test.yml"), content.replace("|", "\n"));
		TestFiles files = new TestFiles(new PathMatchingResourcePatternResolver());
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> files.read(List.of("file:" + this.directory + "/order.mega-test.yml")))
			.withMessageContaining(message);
	}

	private void run(String... arguments) {
		new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(database.toProperties())
			.properties("mega.namespace=test", "mega.transformer-tests=file:" + this.directory + "/*.mega-test.yml",
					"mega.transformers.order.type=mapping", "mega.transformers.order.table=orders",
					"mega.transformers.order.key=order_id", "mega.transformers.order.columns.order_id=/id",
					"mega.transformers.order.columns.amount=/amount", "mega.transformers.order.columns.at=/at",
					"mega.validate=true")
			.run(arguments)
			.close();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ConfigurationChecksAutoConfiguration.class, DataSourceAutoConfiguration.class,
			MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class, TransformersAutoConfiguration.class,
			MegaValidateAutoConfiguration.class })
	static class Application {

		@Bean
		Transformer note() {
			return (event) -> List.of(Row.insert("notes").set("text", event.text()));
		}

	}

}
