package org.megaetl.autoconfigure;

import java.util.List;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
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
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MegaDataSource}: an application with a database of its own and one for
 * events.
 */
class MegaDataSourceTests {

	private TestDatabase main;

	private TestDatabase events;

	private ApplicationContextRunner runner;

	@BeforeEach
	void createDatabases() {
		this.main = TestDatabase.create();
		this.events = TestDatabase.create();
		this.runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class))
			.withBean("order", Transformer.class, Orders::new)
			.withPropertyValues("spring.application.name=shop", "events.datasource.jdbc-url=" + this.events.jdbcUrl(),
					"events.datasource.username=" + this.events.username(),
					"events.datasource.password=" + this.events.password());
	}

	@AfterEach
	void dropDatabases() {
		this.main.close();
		this.events.close();
	}

	@Test
	void writesToTheOneThatIsMarked() {
		this.runner.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class))
			.withPropertyValues(this.main.toProperties())
			.withUserConfiguration(EventsConfiguration.class, Inbound.class)
			.run((context) -> {
				assertThat(context.getBean(PushPipeline.class)
					.submit(Event.from("test.orders", new byte[0]).build())
					.get()).isInstanceOf(EventOutcome.Written.class);
				assertThat(tables(this.events)).contains("mega_checkpoint", "orders");
				assertThat(tables(this.main)).isEmpty();
				assertThat(context.getBean(JdbcTemplateOfTheApplication.class).database()).isEqualTo(this.main.name());
			});
	}

	@Test
	void writesToTheOneThatIsMarkedAlsoWhereItIsTheOnlyOne() {
		this.runner.withUserConfiguration(EventsConfiguration.class).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(tables(this.events)).contains("mega_checkpoint", "orders");
		});
	}

	@Test
	void writesToThePrimaryOneWhereNoneIsMarked() {
		this.runner.withUserConfiguration(OtherConfiguration.class)
			.withBean("main", DataSource.class, this.main::dataSource, (definition) -> definition.setPrimary(true))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(tables(this.main)).contains("mega_checkpoint", "orders");
			});
	}

	@Test
	void refusesSeveralOfWhichNoneIsMarkedOrPrimary() {
		this.runner.withUserConfiguration(OtherConfiguration.class)
			.withBean("dataSource", DataSource.class, this.main::dataSource)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationException.class, (ex) -> {
					assertThat(ex.getDescription()).contains("'dataSource', 'other'");
					assertThat(ex.getAction()).contains("@MegaDataSource", MegaDataSource.class.getName(), "@Primary");
				}));
	}

	@Test
	void refusesSeveralThatAreMarked() {
		this.runner.withUserConfiguration(EventsConfiguration.class, MoreConfiguration.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationException.class, (ex) -> assertThat(ex.getDescription())
					.contains("@MegaDataSource", "'eventsDataSource', 'more'")));
	}

	private static List<String> tables(TestDatabase database) {
		return new JdbcTemplate(database.dataSource()).queryForList(
				"SELECT table_name FROM information_schema.tables WHERE table_schema = ?", String.class,
				database.name());
	}

	@Configuration(proxyBeanMethods = false)
	static class EventsConfiguration {

		@Bean(defaultCandidate = false)
		@MegaDataSource
		@ConfigurationProperties("events.datasource")
		HikariDataSource eventsDataSource() {
			return new HikariDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class MoreConfiguration {

		@Bean(defaultCandidate = false)
		@MegaDataSource
		DataSource more() {
			return new DriverManagerDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherConfiguration {

		@Bean
		DataSource other() {
			return new DriverManagerDataSource();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Inbound {

		@Bean
		PushPipeline orders(Pipelines pipelines) {
			return pipelines.push(
					new PipelineSettings(new PipelineName("test", "orders"), "order", null, RejectPolicy.DEAD_LETTER));
		}

		@Bean
		JdbcTemplateOfTheApplication template(DataSource dataSource) {
			return new JdbcTemplateOfTheApplication(new JdbcTemplate(dataSource));
		}

	}

	record JdbcTemplateOfTheApplication(JdbcTemplate template) {

		String database() {
			return this.template.queryForObject("SELECT DATABASE()", String.class);
		}

	}

	static class Orders implements Transformer {

		@Override
		public String initDdl() {
			return "CREATE TABLE orders (id INT)";
		}

		@Override
		public List<SqlStatement> transform(Event event) {
			return List.of(Row.insert("orders").set("id", 1));
		}

	}

}
