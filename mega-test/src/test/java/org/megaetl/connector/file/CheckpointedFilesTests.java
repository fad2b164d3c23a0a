package org.megaetl.connector.file;

import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.test.CheckpointedAdapterContractTests;
import org.megaetl.test.NumberedEvent;

/**
 * The contract for files whose positions are in the database, with batches of lines of
 * several files.
 */
class CheckpointedFilesTests extends CheckpointedAdapterContractTests {

	private FileSource source;

	@BeforeEach
	void createSource(@TempDir Path directory) {
		this.source = new FileSource(directory, keys());
	}

	@Override
	protected Class<?> application() {
		return FileApplication.class;
	}

	@Override
	protected List<String> properties() {
		return this.source.properties("lines", TRANSFORMER, "threads=one");
	}

	@Override
	protected void produce(List<NumberedEvent> events) throws Exception {
		this.source.produce(events);
	}

}
