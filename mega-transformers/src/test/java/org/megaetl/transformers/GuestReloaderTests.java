package org.megaetl.transformers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.megaetl.transform.Transformer;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Files that change while the application runs.
 */
class GuestReloaderTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	private Path directory;

	@Test
	void runsWhatAFileHasBecomeAndRefusesWhatCannotBeUsed() throws Exception {
		Path file = Files.writeString(this.directory.resolve("order.js"), script("first"));
		GuestReloader reloader = new GuestReloader();
		TransformersProperties properties = Configured.properties("""
				mega.transformers.test:
				  type: javascript
				  location: "file:%s"
				  tables: [orders]
				  timeout: 20s
				  reload-interval: 10ms
				""".formatted(file));
		Transformer transformer = new ConfiguredTransformers(properties, reloader).transformers().get("test");
		assertThat(transformer).isNotNull();
		reloader.start();
		try {
			assertThat(values(transformer)).isEqualTo("first");
			Files.writeString(file, script("the second"));
			await().atMost(PATIENCE).until(() -> values(transformer).equals("the second"));
			Files.writeString(file, "export function transfrom() { }");
			await().atMost(PATIENCE).until(() -> !reloader.refused().isEmpty());
			assertThat(reloader.refused().get("test")).contains("order.js", "There is no function");
			Health health = new TransformersHealthIndicator(reloader).health();
			assertThat(health).isNotNull();
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsOnlyKeys("test");
			assertThat(values(transformer)).isEqualTo("the second");
			Files.writeString(file, script("the third one"));
			await().atMost(PATIENCE).until(() -> values(transformer).equals("the third one"));
			assertThat(reloader.refused()).isEqualTo(Map.of());
		}
		finally {
			reloader.stop();
		}
	}

	private static String script(String value) {
		return "export const transform = (event) => ({ table: 'orders', row: { v: '" + value + "' } });";
	}

	private static String values(Transformer transformer) throws Exception {
		return String.valueOf(
				Configured.rows(transformer, "1").stream().map((row) -> row.values().get(0)).findFirst().orElseThrow());
	}

}
