package org.megaetl.connector.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.megaetl.test.NumberedEvent;

/**
 * The files as somebody else writes them: a file for each key.
 *
 * @param directory where the files are
 * @param keys how many there are
 */
public record FileSource(Path directory, int keys) {

	public void produce(List<NumberedEvent> events) throws IOException {
		Map<Integer, StringBuilder> lines = new LinkedHashMap<>();
		for (NumberedEvent event : events) {
			lines.computeIfAbsent(event.key(), (key) -> new StringBuilder()).append(event.payload()).append('\n');
		}
		for (Map.Entry<Integer, StringBuilder> entry : lines.entrySet()) {
			Files.writeString(file(entry.getKey()), entry.getValue(), StandardOpenOption.CREATE,
					StandardOpenOption.APPEND);
		}
	}

	public Path file(int key) {
		return this.directory.resolve("part-" + key);
	}

	public List<String> properties(String inbound, String transformer, String... more) {
		String prefix = "mega.connectors.file.inbound." + inbound + ".";
		List<String> properties = new ArrayList<>();
		properties.add("mega.connectors.file.enabled=true");
		properties.add(prefix + "transformer=" + transformer);
		for (int key = 0; key < this.keys; key++) {
			properties.add(prefix + "files[" + key + "]=" + file(key));
		}
		for (String property : more) {
			properties.add(prefix + property);
		}
		return properties;
	}

}
