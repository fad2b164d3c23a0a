package org.megaetl.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EngineRunner;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is there when an application's adapters are started.
 */
class StartOrderTests {

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void theSchemaIsThereBeforeAnAdapterStartsLazyAsBeansMayBe(boolean lazy) {
		try (TestDatabase database = TestDatabase.create()) {
			Adapter adapter = new Adapter(database);
			EngineRunner.on(database).withInitializer((context) -> {
				if (lazy) {
					context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
				}
			})
				.withBean("items", Transformer.class, Items::new)
				.withBean("adapter", SmartLifecycle.class, () -> adapter)
				.run((context) -> assertThat(adapter.tables).contains("mega_checkpoint", "mega_inbox",
						"mega_dead_letter", "item"));
		}
	}

	private static final class Items implements Transformer {

		@Override
		public List<? extends SqlStatement> transform(Event event) {
			return List.of();
		}

		@Override
		public String initDdl() {
			return "CREATE TABLE item (name VARCHAR(10))";
		}

	}

	/**
	 * Is started in the default phase, as the threads of the adapters are, and looks for
	 * tables then.
	 */
	private static final class Adapter implements SmartLifecycle {

		private final TestDatabase database;

		private final List<String> tables = new ArrayList<>();

		private Adapter(TestDatabase database) {
			this.database = database;
		}

		@Override
		public void start() {
			this.tables
				.addAll(JdbcClient.create(this.database.dataSource()).sql("SHOW TABLES").query(String.class).list());
		}

		@Override
		public void stop() {
			this.tables.clear();
		}

		@Override
		public boolean isRunning() {
			return !this.tables.isEmpty();
		}

	}

}
