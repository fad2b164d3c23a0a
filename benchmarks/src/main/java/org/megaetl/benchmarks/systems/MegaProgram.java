package org.megaetl.benchmarks.systems;

import org.megaetl.transform.Transformer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * MEGA with one transformer. The connectors are configured by properties.
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

}
