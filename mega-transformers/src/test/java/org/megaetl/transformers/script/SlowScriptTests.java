package org.megaetl.transformers.script;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.event.Event;
import org.megaetl.pipeline.EventOutcome.Written;
import org.megaetl.pipeline.PipelineName;
import org.megaetl.pipeline.PipelineSettings;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;
import org.megaetl.pipeline.PushPipeline;
import org.megaetl.pipeline.RejectPolicy;
import org.megaetl.schema.MegaSchemaAutoConfiguration;
import org.megaetl.transformers.TransformersAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A script that takes its time, but not more than it may, in a pipeline that writes to a
 * database.
 */
class SlowScriptTests {

	private static final int EVENTS = 20;

	@TempDir
	private Path directory;

	@Test
	void anEventMayTakeItsTimeHoweverManyComeTogether() throws Exception {
		Path file = Files.writeString(this.directory.resolve("slow.js"), """
				export function transform(event) {
					for (const end = Date.now() + 300; Date.now() < end;) { }
					return { table: 'orders', row: { id: 1 } };
				}
				""");
		try (TestDatabase database = TestDatabase.create()) {
			database.execute("CREATE TABLE orders (id INT NOT NULL)");
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(DataSourceAutoConfiguration.class,
						FlywayAutoConfiguration.class, MegaSchemaAutoConfiguration.class, MegaAutoConfiguration.class,
						TransformersAutoConfiguration.class))
				.withUserConfiguration(SlowPipeline.class)
				.withPropertyValues(database.toProperties())
				.withPropertyValues("mega.namespace=test", "mega.transform.timeout=3s", "mega.transform.grace=1s",
						"mega.transformers.test.type=javascript", "mega.transformers.test.location=file:" + file,
						"mega.transformers.test.tables=orders", "mega.transformers.test.statement-limit=1000000000")
				.run((context) -> {
					PushPipeline pipeline = context.getBean(PushPipeline.class);
					List<Event> events = IntStream.range(0, EVENTS).mapToObj(SlowScriptTests::event).toList();
					assertThat(pipeline.submit(events).get(60, TimeUnit.SECONDS)).hasSize(EVENTS)
						.containsOnly(new Written());
					assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
				});
		}
	}

	private static Event event(int number) {
		return Event.from("test.orders", String.valueOf(number).getBytes(StandardCharsets.UTF_8)).build();
	}

	@Configuration(proxyBeanMethods = false)
	static class SlowPipeline {

		@Bean
		PushPipeline orders(Pipelines pipelines) {
			return pipelines
				.push(new PipelineSettings(new PipelineName("test", "orders"), "test", null, RejectPolicy.DEAD_LETTER));
		}

	}

}
