package org.megaetl.transformers;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.autoconfigure.MegaDataSource;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.schema.MegaSchemaAutoConfiguration;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;
import org.megaetl.transform.TransformerRegistry;

import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TransformersAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TransformersAutoConfigurationTests {

	private static TestDatabase database;

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class,
				MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class, TransformersAutoConfiguration.class))
		.withPropertyValues(database.toProperties())
		.withPropertyValues("mega.namespace=test", "mega.transformers.order.type=mapping",
				"mega.transformers.order.table=orders", "mega.transformers.order.columns.order_id=/order_id",
				"mega.transformers.order.columns.amount=/amount");

	@BeforeAll
	static void createDatabase() {
		database = TestDatabase.create();
	}

	@AfterAll
	static void dropDatabase() {
		database.close();
	}

	@Test
	void writesThroughAPipeline() {
		this.runner.withUserConfiguration(Tables.class, Inbound.class).run((context) -> {
			assertThat(context.getBean(TransformerRegistry.class).all()).containsOnlyKeys("order", "tables");
			PushPipeline pipeline = context.getBean(PushPipeline.class);
			assertThat(pipeline.submit(event("{\"order_id\":1,\"amount\":\"56.10\"}")).get(30, TimeUnit.SECONDS))
				.isInstanceOf(EventOutcome.Written.class);
			assertThat(new JdbcTemplate(database.dataSource()).queryForMap("SELECT * FROM orders"))
				.isEqualTo(Map.of("order_id", 1, "amount", new BigDecimal("56.10")));
		});
	}

	/**
	 * The table is there only when the transformers' DDL has run.
	 */
	@Test
	void stopsTheStartWhenSomethingDoesNotFitTheTable() {
		this.runner.withUserConfiguration(Tables.class)
			.withPropertyValues("mega.transformers.order.columns.amont=/amount")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessage("'mega.transformers.order.columns.amont' names the column 'amont', which table 'orders' "
						+ "does not have. Did you mean 'amount'?"));
	}

	@Test
	void comparesTheTablesOfTheDatabaseThatIsWrittenTo() {
		try (TestDatabase main = TestDatabase.create(); TestDatabase events = TestDatabase.create()) {
			this.runner.withUserConfiguration(Tables.class)
				.withPropertyValues(main.toProperties())
				.withBean("events", DataSource.class, events::dataSource, (definition) -> {
					((AbstractBeanDefinition) definition).setDefaultCandidate(false);
					((AbstractBeanDefinition) definition)
						.addQualifier(new AutowireCandidateQualifier(MegaDataSource.class));
				})
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(new JdbcTemplate(events.dataSource()).queryForList("SHOW TABLES", String.class))
						.contains("orders");
					assertThat(new JdbcTemplate(main.dataSource()).queryForList("SHOW TABLES", String.class)).isEmpty();
				});
		}
	}

	@Test
	void refusesTheNameOfABean() {
		this.runner.withUserConfiguration(Tables.class)
			.withPropertyValues("mega.transformers.tables.type=mapping", "mega.transformers.tables.table=orders",
					"mega.transformers.tables.columns.order_id=/order_id")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessageStartingWith("There are two transformers with the name 'tables'."));
	}

	@Test
	void proposesTheTableOfASample(CapturedOutput output, @TempDir Path directory) throws Exception {
		Path sample = Files.writeString(directory.resolve("order.json"),
				"{\"order_id\":1,\"amount\":56.105,\"at\":\"2026-01-01T10:00:00Z\",\"tags\":[1]}");
		this.runner
			.withPropertyValues("mega.transformers.order.table=orders_to_be", "mega.transformers.order.ddl=print",
					"mega.transformers.order.sample=file:" + sample, "mega.transformers.order.key=order_id",
					"mega.transformers.order.columns.at=/at", "mega.transformers.order.columns.tags=/tags")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("names the table 'orders_to_be', which does not exist"));
		assertThat(output).contains("Proposed for 'mega.transformers.order'",
				"CREATE TABLE IF NOT EXISTS `orders_to_be` (", "\t`order_id` BIGINT NOT NULL",
				"\t`amount` DECIMAL(20,3)", "\t`at` DATETIME(6)", "\t`tags` JSON", "\tPRIMARY KEY (`order_id`)");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '~',
			textBlock = """
					javascript | memory: 16MB       | 'P.memory' is for JavaScript in QuickJS and for WebAssembly, but 'P.engine' is 'graaljs'
					javascript | interpreted: true  | 'P.interpreted' is for WebAssembly, but 'P.type' is 'javascript'
					javascript | config: { A: b }   | 'P.config' is for WebAssembly, but 'P.type' is 'javascript'
					javascript | allow-init: true   | 'P.allow-init' is for WebAssembly, but 'P.type' is 'javascript'
					javascript | when: /id > 1      | 'P.when' is for mappings, but 'P.type' is 'javascript'
					javascript | table: orders      | 'P.table' is for mappings, but 'P.type' is 'javascript'
					javascript | key: id            | 'P.key' is for mappings, but 'P.type' is 'javascript'
					javascript | schema: "file:a"   | 'P.schema' is for mappings, but 'P.type' is 'javascript'
					quickjs    | statement-limit: 9 | 'P.statement-limit' is for JavaScript in GraalJS, but 'P.engine' is 'quickjs'
					wasm       | statement-limit: 9 | 'P.statement-limit' is for JavaScript in GraalJS, but 'P.type' is 'wasm'
					wasm       | engine: quickjs    | 'P.engine' is for JavaScript, but 'P.type' is 'wasm'
					wasm       | columns: { a: /a } | 'P.columns' is for mappings, but 'P.type' is 'wasm'
					wasm       | format: csv        | 'P.format' is for mappings, but 'P.type' is 'wasm'
					wasm       | on-unknown: fail   | 'P.on-unknown' is for mappings, but 'P.type' is 'wasm'
					""")
	void refusesWhatHasNoEffect(String type, String option, String message) {
		String yaml = (type.equals("quickjs") ? "type: javascript\nengine: quickjs" : "type: " + type)
				+ "\nlocation: \"classpath:org/megaetl/transformers/%s\"\ntables: [orders]\n"
					.formatted(type.equals("wasm") ? "wasm/init.wasm" : "order.js");
		assertThat(Configured.transformer(yaml)).isNotNull();
		assertThatExceptionOfType(InvalidConfigurationException.class)
			.isThrownBy(() -> Configured.transformer(yaml + option))
			.withMessageContaining(message.replace("P.", "mega.transformers.test."));
	}

	@Test
	void createsTheTablesThatAModuleIsAllowedToAskFor() {
		ApplicationContextRunner module = this.runner.withUserConfiguration(Tables.class)
			.withPropertyValues("mega.transformers.score.type=wasm",
					"mega.transformers.score.location=classpath:org/megaetl/transformers/wasm/init.wasm");
		module.withPropertyValues("mega.transformers.score.tables=scores")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("names the table 'scores', which does not exist"));
		module.withPropertyValues("mega.transformers.score.tables=orders", "mega.transformers.score.allow-init=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(
						"'mega.transformers.score.allow-init' is true, but the module's DDL cannot be used: "
								+ "Its mega_init asks for DDL that it may not"));
		module.withPropertyValues("mega.transformers.score.tables=scores", "mega.transformers.score.allow-init=true")
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(new JdbcTemplate(database.dataSource()).queryForList("SELECT * FROM scores")).isEmpty();
			});
	}

	private static Event event(String payload) {
		return Configured.event(payload);
	}

	@Configuration(proxyBeanMethods = false)
	static class Tables {

		@Bean
		Transformer tables() {
			return new Transformer() {

				@Override
				public List<Row> transform(Event event) {
					return List.of();
				}

				@Override
				public String initDdl() {
					return "CREATE TABLE IF NOT EXISTS orders (order_id INT NOT NULL, amount DECIMAL(20,2))";
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Inbound {

		@Bean
		PushPipeline inbound(Pipelines pipelines) {
			return pipelines.push(new PipelineSettings(new PipelineName("test", "orders"), "order", null,
					RejectPolicy.ANSWER, null, null));
		}

	}

}
