package org.megaetl.examples.wasm;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Orders become rows by a module in WebAssembly, and by a mapping.
 */
@SpringBootApplication
public class WasmExampleApplication {

	public static void main(String[] args) {
		SpringApplication.run(WasmExampleApplication.class, args);
	}

}
