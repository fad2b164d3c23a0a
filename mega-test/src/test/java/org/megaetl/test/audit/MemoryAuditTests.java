package org.megaetl.test.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.connector.file.FileSource;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.test.ApplicationProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A backlog that is much larger than the heap, before a database that is slow: the heap
 * must not care. With {@code -Dtests.soak=true}, 5 million events through 256 MB.
 */
class MemoryAuditTests {

	private static final Logger logger = LoggerFactory.getLogger(MemoryAuditTests.class);

	private static final Pattern USED = Pattern.compile("(?:new|tenured) generation\\s+total \\d+K, used (\\d+)K");

	/** A batch may be under way in one sample and none in another. */
	private static final long BATCH_IN_KB = 8192;

	private static final int SAMPLES = 6;

	@Test
	void theHeapDoesNotGrowWithTheBacklog(@TempDir Path directory) throws Exception {
		boolean soak = Boolean.getBoolean("tests.soak");
		int events = soak ? 5_000_000 : 200_000;
		FileSource source = new FileSource(directory, 1);
		AuditSupport.produce(source, events);
		try (TestDatabase database = TestDatabase.createWithOwnServer();
				CuttingProxy slow = new CuttingProxy(database.server().port(), Duration.ofMillis(5));
				ApplicationProcess application = start(database, slow, source, directory, soak)) {
			List<Long> used = new ArrayList<>();
			for (int sample = 1; sample <= SAMPLES; sample++) {
				AuditSupport.awaitProgress(database, "file.backlog", source, (double) sample / SAMPLES,
						Duration.ofMinutes(5));
				used.add(usedAfterCollection(application));
			}
			AuditedRows.Result result = new AuditedRows(database.dataSource()).audit(List.of("file.backlog"), 1,
					events);
			logger.info("AUDIT memory: {} events, heap after collection in KB: {}, {}", events, used, result);
			assertThat(result).isEqualTo(new AuditedRows.Result(events, 0, 0, 0, 0));
			long early = used.subList(0, SAMPLES / 2).stream().mapToLong(Long::longValue).max().orElseThrow();
			assertThat(used.subList(SAMPLES / 2, SAMPLES))
				.allSatisfy((late) -> assertThat(late).isLessThan(early + BATCH_IN_KB));
		}
	}

	private static ApplicationProcess start(TestDatabase database, CuttingProxy slow, FileSource source, Path directory,
			boolean soak) {
		String[] args = AuditSupport.arguments(source.properties("backlog", "audited"),
				"spring.datasource.url=jdbc:mysql://127.0.0.1:" + slow.port() + "/" + database.name(),
				"spring.datasource.username=" + database.username(),
				"spring.datasource.password=" + database.password());
		return ApplicationProcess.start(directory.resolve("output.txt"), List.of(soak ? "-Xmx256m" : "-Xmx64m"),
				AuditedApplication.class, List.of(args));
	}

	private static long usedAfterCollection(ApplicationProcess application) throws IOException, InterruptedException {
		jcmd(application, "GC.run");
		Matcher used = USED.matcher(jcmd(application, "GC.heap_info"));
		assertThat(used.find()).isTrue();
		long young = Long.parseLong(used.group(1));
		assertThat(used.find()).isTrue();
		return young + Long.parseLong(used.group(1));
	}

	private static String jcmd(ApplicationProcess application, String command)
			throws IOException, InterruptedException {
		Process jcmd = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
				String.valueOf(application.pid()), command)
			.redirectErrorStream(true)
			.start();
		String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(jcmd.waitFor()).as(output).isZero();
		return output;
	}

}
