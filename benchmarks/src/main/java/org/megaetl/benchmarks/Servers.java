package org.megaetl.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.megaetl.benchmarks.systems.Orders;
import org.megaetl.devservices.TestDatabase;
import org.megaetl.devservices.TestKafka;

/**
 * MariaDB, Kafka and Redis as the systems under test find them. The database is as
 * durable as it is by default; only its memory and log have the size of a server's.
 */
final class Servers implements AutoCloseable {

	/** The number of partitions of each topic. */
	static final int PARTITIONS = 4;

	private final TestDatabase database = TestDatabase.createWithOwnServer("--innodb-buffer-pool-size=512M",
			"--innodb-log-file-size=512M", "--local-infile=ON");

	private @Nullable TestKafka kafka;

	private @Nullable RedisStreams redis;

	private final Map<String, Integer> topics = new HashMap<>();

	private int databases;

	/**
	 * Creates a topic with orders, if there is none yet.
	 * @param topic the topic's name
	 * @param events the number of orders
	 */
	void fillWithOrders(String topic, int events) {
		fill(topic, events, Orders::json);
	}

	/**
	 * Creates a topic, if there is none yet.
	 * @param topic the topic's name
	 * @param events the number of events
	 * @param payload makes the payload of each
	 */
	void fill(String topic, int events, IntFunction<byte[]> payload) {
		if (this.kafka == null) {
			this.kafka = TestKafka.createWithOwnServer(Map.of("num.partitions", String.valueOf(PARTITIONS)));
		}
		Integer filled = this.topics.putIfAbsent(topic, events);
		if (filled != null) {
			if (filled != events) {
				throw new IllegalStateException(topic + " has " + filled + " events, not " + events);
			}
			return;
		}
		this.kafka.createTopics(List.of(topic));
		AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
		try (var producer = new KafkaProducer<>(
				// one request at a time: a leader that is not one yet would take some and
				// refuse those before
				Map.of("bootstrap.servers", this.kafka.bootstrapServers(), "linger.ms", 20, "batch.size", 1 << 17,
						"max.in.flight.requests.per.connection", 1),
				new ByteArraySerializer(), new ByteArraySerializer())) {
			for (int i = 0; i < events; i++) {
				var unused = producer.send(new ProducerRecord<>(topic, i % PARTITIONS, null, payload.apply(i)),
						(metadata, exception) -> failure.compareAndSet(null, exception));
			}
		}
		if (failure.get() != null) {
			throw new IllegalStateException(topic + " was not filled", failure.get());
		}
	}

	/**
	 * Returns the Redis, started when it is needed first.
	 */
	RedisStreams redis() {
		if (this.redis == null) {
			this.redis = new RedisStreams();
		}
		return this.redis;
	}

	/**
	 * Creates a database with an empty table of orders, and drops the one before.
	 * @param key whether the table has a primary key
	 * @return the properties of a program that uses them
	 */
	Map<String, String> prepare(boolean key) throws SQLException {
		return prepare(Orders.table(key));
	}

	/**
	 * Creates a database with a table, and drops the one before.
	 * @param table the DDL of the table
	 * @return the properties of a program that uses them, to which others may be added
	 */
	Map<String, String> prepare(String table) throws SQLException {
		String name = "run" + ++this.databases;
		try (Connection connection = connect(""); Statement statement = connection.createStatement()) {
			statement.execute("DROP DATABASE IF EXISTS run" + (this.databases - 1));
			statement.execute("CREATE DATABASE " + name);
			statement.execute("USE " + name);
			statement.execute(table);
		}
		Map<String, String> properties = new HashMap<>();
		properties.put("spring.datasource.url", this.database.server().jdbcUrl(name));
		properties.put("spring.datasource.username", this.database.username());
		properties.put("spring.datasource.password", this.database.password());
		if (this.kafka != null) {
			properties.put("spring.kafka.bootstrap-servers", this.kafka.bootstrapServers());
		}
		return properties;
	}

	/**
	 * Creates an empty database, and returns its URL as the environment variable
	 * {@code DATABASE_URL} takes it.
	 */
	String databaseUrl() throws SQLException {
		String url = String.valueOf(prepare("SELECT 1").get("spring.datasource.url"));
		return url.replace("jdbc:mysql://",
				"mysql://" + this.database.username() + ":" + this.database.password() + "@");
	}

	/**
	 * Returns where on this machine the database's server listens.
	 */
	int databasePort() {
		return this.database.server().port();
	}

	/**
	 * Connects to the database that was prepared last.
	 */
	Connection connect() throws SQLException {
		return connect("run" + this.databases);
	}

	private Connection connect(String name) throws SQLException {
		return DriverManager.getConnection(this.database.server().jdbcUrl(name), this.database.username(),
				this.database.password());
	}

	/**
	 * Returns the versions of the servers.
	 */
	String versions() {
		return "MariaDB " + this.database.server().version()
				+ ((this.kafka != null) ? ", Kafka " + this.kafka.server().version() : "")
				+ ((this.redis != null) ? ", Redis " + this.redis.version() : "");
	}

	@Override
	public void close() {
		if (this.redis != null) {
			this.redis.close();
		}
		if (this.kafka != null) {
			this.kafka.close();
		}
		this.database.close();
	}

}
