package org.megaetl.devservices;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/**
 * The main program of a Kafka broker in a JVM of its own: one node that is broker and
 * controller. It ends when it is asked to (SIGTERM).
 */
public final class KafkaProgram {

	private KafkaProgram() {
	}

	/**
	 * Runs the broker.
	 * @param args the file with the broker's settings, the file to create once clients
	 * can connect, then arguments for formatting its storage the first time
	 * @throws IOException if the settings cannot be read
	 */
	public static void main(String[] args) throws IOException {
		Path file = Path.of(args[0]);
		Properties settings = new Properties();
		try (InputStream stream = Files.newInputStream(file)) {
			settings.load(stream);
		}
		if (!Files.exists(Path.of(settings.getProperty("log.dirs"), "meta.properties"))) {
			format(file, List.of(args).subList(2, args.length));
		}
		KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
		Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "shutdown"));
		try {
			server.startup();
		}
		catch (RuntimeException | Error ex) {
			LogFactory.getLog(KafkaProgram.class).error("The broker does not start", ex);
			// the threads that it has started would go on
			Runtime.getRuntime().halt(1);
		}
		Files.createFile(Path.of(args[1]));
		server.awaitShutdown();
	}

	private static void format(Path file, List<String> args) {
		List<String> all = new ArrayList<>(
				List.of("format", "--config", file.toString(), "--cluster-id", Uuid.randomUuid().toString()));
		all.addAll(args);
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		int status = StorageTool.execute(all.toArray(String[]::new),
				new PrintStream(output, true, StandardCharsets.UTF_8));
		if (status != 0) {
			throw new IllegalStateException(
					"The storage cannot be formatted: " + output.toString(StandardCharsets.UTF_8));
		}
	}

}
