package org.megaetl.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

import org.megaetl.devservices.FreePort;

/**
 * Kafka Connect with Debezium's JDBC sink, set up to be fast: four tasks, batches of
 * 3,000, and a driver that rewrites them.
 */
final class Debezium {

	/** The main class. */
	static final String MAIN = "org.apache.kafka.connect.cli.ConnectStandalone";

	private static final String BATCH = "3000";

	private Debezium() {
	}

	/**
	 * Returns its class path, which has nothing of ours but the converter.
	 */
	static String classPath() throws IOException {
		return Path.of("target", "classes") + File.pathSeparator
				+ Files.readString(Path.of("connect", "target", "classpath")).strip();
	}

	/**
	 * Writes its configuration.
	 * @param properties where the servers are, and the topic
	 * @return the arguments of its main class
	 */
	static String[] configure(Map<String, String> properties) throws IOException {
		Properties worker = new Properties();
		worker.setProperty("bootstrap.servers", value(properties, "spring.kafka.bootstrap-servers"));
		worker.setProperty("listeners", "http://127.0.0.1:" + FreePort.find());
		worker.setProperty("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
		worker.setProperty("value.converter", "org.megaetl.benchmarks.systems.OrderConverter");
		worker.setProperty("offset.storage.file.filename", "target/benchmarks/connect.offsets");
		worker.setProperty("consumer.max.poll.records", BATCH);
		worker.setProperty("consumer.fetch.max.bytes", String.valueOf(4 << 20));
		worker.setProperty("consumer.max.partition.fetch.bytes", String.valueOf(1 << 20));
		Properties sink = new Properties();
		sink.setProperty("name", value(properties, "group"));
		sink.setProperty("connector.class", "io.debezium.connector.jdbc.JdbcSinkConnector");
		sink.setProperty("tasks.max", "4");
		sink.setProperty("topics", value(properties, "topic"));
		sink.setProperty("connection.url", value(properties, "spring.datasource.url"));
		sink.setProperty("connection.username", value(properties, "spring.datasource.username"));
		sink.setProperty("connection.password", value(properties, "spring.datasource.password"));
		sink.setProperty("connection.pool.max_size", "8");
		sink.setProperty("collection.name.format", "orders");
		// the driver cannot tell it: a query of Connector/J's fails on MariaDB
		sink.setProperty("hibernate.dialect", "org.hibernate.dialect.MariaDBDialect");
		sink.setProperty("insert.mode", "insert");
		sink.setProperty("primary.key.mode", "none");
		sink.setProperty("schema.evolution", "none");
		sink.setProperty("batch.size", BATCH);
		return new String[] { write("connect-worker", worker), write("connect-sink", sink) };
	}

	private static String value(Map<String, String> properties, String name) {
		return Objects.requireNonNull(properties.get(name), name);
	}

	private static String write(String name, Properties properties) throws IOException {
		Path file = Path.of("target", "benchmarks", name + ".properties");
		try (OutputStream stream = Files.newOutputStream(file)) {
			properties.store(stream, null);
		}
		return file.toString();
	}

}
