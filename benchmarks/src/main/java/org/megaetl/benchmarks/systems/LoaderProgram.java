package org.megaetl.benchmarks.systems;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * What one would write by hand to be as fast as possible and yet exact: consumers and
 * connections of its own, offsets in the transaction of their rows. It has nothing else:
 * one bad event stops it.
 */
public final class LoaderProgram {

	private final OrderWriter writer;

	private final String topic;

	private LoaderProgram(OrderWriter writer, String topic) {
		this.writer = writer;
		this.topic = topic;
	}

	/**
	 * Runs the loader until it is ended.
	 * @param args how rows are written ({@code rewriting}, {@code multi-row},
	 * {@code load-data}, {@code bulk}), the topic, the number of consumers
	 * @throws SQLException if the table of offsets cannot be created
	 */
	public static void main(String[] args) throws SQLException {
		LoaderProgram loader = new LoaderProgram(OrderWriter.of(args[0]), args[1]);
		try (Connection connection = loader.writer.connect(); Statement statement = connection.createStatement()) {
			statement.execute("CREATE TABLE IF NOT EXISTS loader_offset (topic VARCHAR(100), part INT, next BIGINT, "
					+ "PRIMARY KEY (topic, part))");
		}
		for (int i = 0; i < Integer.parseInt(args[2]); i++) {
			new Thread(loader::run, "loader-" + i).start();
		}
	}

	private void run() {
		Map<String, Object> properties = Map.of("bootstrap.servers",
				System.getProperty("spring.kafka.bootstrap-servers"), "group.id", System.getProperty("group"),
				"enable.auto.commit", false, "auto.offset.reset", "earliest", "max.poll.records", 2000,
				"fetch.max.bytes", 4 << 20, "max.partition.fetch.bytes", 1 << 20, "isolation.level", "read_committed");
		try (Connection connection = this.writer.connect();
				var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
			connection.setAutoCommit(false);
			consumer.subscribe(List.of(this.topic), new Seeking(connection, consumer));
			while (true) {
				ConsumerRecords<String, byte[]> records = consumer.poll(Duration.ofMillis(500));
				if (!records.isEmpty()) {
					write(connection, records);
				}
			}
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void write(Connection connection, ConsumerRecords<String, byte[]> records) throws SQLException {
		try (PreparedStatement statement = connection
			.prepareStatement("INSERT INTO loader_offset (topic, part, next) VALUES (?, ?, ?) "
					+ "ON DUPLICATE KEY UPDATE next=VALUES(next)")) {
			for (TopicPartition partition : records.partitions()) {
				List<ConsumerRecord<String, byte[]>> some = records.records(partition);
				statement.setString(1, partition.topic());
				statement.setInt(2, partition.partition());
				statement.setLong(3, some.get(some.size() - 1).offset() + 1);
				statement.executeUpdate();
			}
		}
		List<byte[]> orders = new ArrayList<>(records.count());
		records.forEach((record) -> orders.add(record.value()));
		this.writer.write(connection, orders);
		connection.commit();
	}

	/**
	 * Reads on from where the database says.
	 */
	private record Seeking(Connection connection,
			KafkaConsumer<String, byte[]> consumer) implements ConsumerRebalanceListener {

		@Override
		public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
		}

		@Override
		public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
			try (PreparedStatement statement = this.connection
				.prepareStatement("SELECT next FROM loader_offset WHERE topic = ? AND part = ?")) {
				for (TopicPartition partition : partitions) {
					statement.setString(1, partition.topic());
					statement.setInt(2, partition.partition());
					try (ResultSet result = statement.executeQuery()) {
						this.consumer.seek(partition, result.next() ? result.getLong(1) : 0);
					}
				}
				this.connection.commit();
			}
			catch (SQLException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
