package org.megaetl.connector.ethereum;

import org.junit.jupiter.api.Test;
import org.megaetl.connector.ethereum.NotesApplication.ExhaustedRows;
import org.megaetl.pipeline.Pipeline;
import org.megaetl.pipeline.PipelineState;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Errors that an application may survive, such as too little memory for once.
 */
class ReaderErrorTests extends ChainTestSupport {

	@Test
	void anErrorFailsThePipelineAndDoesNotEndItsReader() {
		ConfigurableApplicationContext application = application("transformer=exhausted");
		Pipeline pipeline = pipeline(application);
		this.notes.mineEach("a");
		awaitWhatTheChainHas();
		this.notes.mineEach("heavy", "b");
		await().atMost(PATIENCE).until(() -> pipeline.status().state() == PipelineState.FAILED);
		assertThat(pipeline.status().reason()).contains("OutOfMemoryError").contains("resume the pipeline");
		assertThat(texts()).containsExactly("a");
		application.getBean(ExhaustedRows.class).recover();
		pipeline.resume();
		awaitWhatTheChainHas();
		assertThat(texts()).containsExactly("a", "heavy", "b");
	}

}
