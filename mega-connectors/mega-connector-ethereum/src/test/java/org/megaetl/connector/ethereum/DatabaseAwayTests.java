package org.megaetl.connector.ethereum;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;
import org.megaetl.pipeline.Pipelines;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A database that goes away while a chain is followed.
 */
@ExtendWith(OutputCaptureExtension.class)
class DatabaseAwayTests {

	private static final String PREFIX = "--mega.connectors.ethereum.inbound.notes.";

	@Test
	void saysInOneLineThatTheDatabaseIsAway(CapturedOutput output) throws Exception {
		try (StubChain chain = new StubChain(); TestDatabase database = TestDatabase.createWithOwnServer()) {
			List<String> arguments = new ArrayList<>(List.of("--mega.connectors.ethereum.enabled=true",
					PREFIX + "endpoints=" + chain.node().url(), PREFIX + "transformer=rows", PREFIX + "data=logs",
					PREFIX + "poll-interval=10ms", PREFIX + "lease-duration=1s"));
			List.of(database.toProperties()).forEach((property) -> arguments.add("--" + property));
			try (ConfigurableApplicationContext application = NotesApplication.run(arguments.toArray(String[]::new))) {
				Pipeline pipeline = application.getBean(Pipelines.class).all().iterator().next();
				await().atMost(ChainTestSupport.PATIENCE)
					.until(() -> pipeline.status().state() == PipelineState.RUNNING
							&& pipeline.source().details().containsValue("leader"));
				int before = output.getAll().length();
				database.server().kill();
				await().atMost(ChainTestSupport.PATIENCE)
					.until(() -> pipeline.status().state() == PipelineState.RETRYING
							&& pipeline.status().attempts() > 2);
				String said = output.getAll().substring(before);
				assertThat(said).containsOnlyOnce("is retrying").doesNotContain("ERROR").doesNotContain("\tat ");
			}
		}
	}

}
