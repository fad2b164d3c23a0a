package org.megaetl.examples.wasm;

import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.megaetl.test.MegaTests;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;

@SpringBootTest
class WasmExampleTests {

	@TestFactory
	Stream<DynamicNode> transformers(@Autowired ApplicationContext context) {
		return MegaTests.of(context);
	}

}
