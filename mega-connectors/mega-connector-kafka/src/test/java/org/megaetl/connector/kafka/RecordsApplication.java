package org.megaetl.connector.kafka;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.test.ApplicationProcess;
import org.megaetl.transform.Transformer;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * An application that writes each record as a row of a table that forgives nothing: there
 * is no unique key, so that a record written twice shows.
 */
@Configuration(proxyBeanMethods = false)
public class RecordsApplication {

	static final String TRANSFORMER = "records";

	@Bean(TRANSFORMER)
	Transformer recordsTransformer() {
		return new RecordsTransformer();
	}

	@Bean
	MeterRegistry meterRegistry() {
		return new SimpleMeterRegistry();
	}

	/**
	 * Runs the application until it is killed.
	 * @param args its arguments
	 */
	public static void main(String[] args) {
		ApplicationProcess.endWithParent();
		run(Arrays.asList(args));
	}

	static ConfigurableApplicationContext run(List<String> properties, String... more) {
		List<String> args = new ArrayList<>();
		properties.forEach((property) -> args.add(property.startsWith("--") ? property : "--" + property));
		for (String property : more) {
			args.add("--" + property);
		}
		return new SpringApplicationBuilder(KafkaApplication.class, RecordsApplication.class)
			.web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.run(args.toArray(String[]::new));
	}

	private static final class RecordsTransformer implements Transformer {

		@Override
		public String initDdl() {
			return """
					CREATE TABLE IF NOT EXISTS records (
						arrival BIGINT NOT NULL AUTO_INCREMENT, topic VARCHAR(250) NOT NULL, part INT NOT NULL,
						place BIGINT NOT NULL, event_key VARCHAR(250), body VARCHAR(20), length INT NOT NULL,
						headers TEXT, created VARCHAR(40), KEY (arrival)
					)""";
		}

		@Override
		public List<Row> transform(Event event) {
			String body = event.text();
			Gate.pass(body);
			return List.of(Row.insert("records")
				.set("topic", String.valueOf(event.headers().first("kafka-topic")))
				.set("part", Integer.parseInt(String.valueOf(event.headers().first("kafka-partition"))))
				.set("place", Long.parseLong(String.valueOf(event.position()).replaceAll(".*@", "")))
				.set("event_key", event.key())
				.set("body", (body.length() > 20) ? body.substring(0, 20) : body)
				.set("length", event.payload().length)
				.set("headers", event.headers().toMap().toString())
				.set("created", String.valueOf(event.timestamp())));
		}

	}

}
