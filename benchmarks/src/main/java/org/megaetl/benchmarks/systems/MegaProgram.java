package org.megaetl.benchmarks.systems;

import java.util.List;

import org.megaetl.connector.ethereum.Log;
import org.megaetl.sql.Row;
import org.megaetl.transform.Transformer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * MEGA with a few transformers. The connectors are configured by properties.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class MegaProgram {

	/**
	 * Runs MEGA.
	 * @param args arguments as of any Spring Boot application
	 */
	public static void main(String[] args) {
		SpringApplication.run(MegaProgram.class, args);
	}

	@Bean
	Transformer order() {
		return Orders.transformer();
	}

	@Bean
	Transformer document() {
		return Documents.transformer();
	}

	@Bean
	Transformer note() {
		return (event) -> {
			Log log = Log.of(event);
			return List.of(Row.insert("notes")
				.set("block", log.blockNumber())
				.set("log_index", log.logIndex())
				.set("note", log.text("note")));
		};
	}

}
