package org.megaetl.app;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * All connectors and transformers of MEGA in one application, which configuration alone
 * tells what to do.
 */
@SpringBootApplication
public class MegaApplication {

	public static void main(String[] args) {
		SpringApplication.run(MegaApplication.class, args);
	}

}
