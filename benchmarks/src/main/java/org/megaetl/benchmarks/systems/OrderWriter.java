package org.megaetl.benchmarks.systems;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.Iterator;

import com.mysql.cj.jdbc.JdbcStatement;
import org.megaetl.benchmarks.systems.Orders.Order;

/**
 * A way to write orders.
 */
interface OrderWriter {

	/**
	 * Returns the driver's parameters.
	 */
	String parameters();

	/**
	 * Writes orders in JSON in the transaction of the connection.
	 */
	void write(Connection connection, Collection<byte[]> orders) throws SQLException;

	/**
	 * Connects to the database that the system properties name.
	 */
	default Connection connect() throws SQLException {
		Connection connection = DriverManager.getConnection(
				System.getProperty("spring.datasource.url") + "?" + parameters()
						+ "&cachePrepStmts=true&prepStmtCacheSqlLimit=100000&useLocalSessionState=true",
				System.getProperty("spring.datasource.username"), System.getProperty("spring.datasource.password"));
		connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
		return connection;
	}

	static OrderWriter of(String name) {
		return switch (name) {
			case "rewriting" -> new Batches("rewriteBatchedStatements=true");
			case "bulk" -> new Batches("useServerPrepStmts=true&useBulkStmts=true");
			case "multi-row" -> new MultiRow();
			case "load-data" -> new LoadData();
			default -> throw new IllegalArgumentException("There is no way '" + name + "' to write");
		};
	}

	static int bind(PreparedStatement statement, int first, Order order) throws SQLException {
		int index = first;
		statement.setInt(index++, order.orderId());
		statement.setInt(index++, order.productId());
		statement.setInt(index++, order.quantity());
		statement.setBigDecimal(index++, order.amount());
		statement.setBigDecimal(index++, order.shipping());
		statement.setBigDecimal(index++, order.tax());
		statement.setString(index++, order.shippingAddress());
		return index;
	}

	/**
	 * The driver's batches. MySQL Connector/J rewrites them to statements of many rows,
	 * the MariaDB driver sends them by the bulk protocol.
	 *
	 * @param parameters the driver's parameters
	 */
	record Batches(String parameters) implements OrderWriter {

		@Override
		public void write(Connection connection, Collection<byte[]> orders) throws SQLException {
			try (PreparedStatement statement = connection.prepareStatement(Orders.INSERT)) {
				for (byte[] order : orders) {
					bind(statement, 1, Orders.parse(order));
					statement.addBatch();
				}
				statement.executeBatch();
			}
		}

	}

	/**
	 * Statements of many rows.
	 */
	final class MultiRow implements OrderWriter {

		private static final int ROWS = 1000;

		@Override
		public String parameters() {
			return "rewriteBatchedStatements=false";
		}

		@Override
		public void write(Connection connection, Collection<byte[]> orders) throws SQLException {
			Iterator<byte[]> rest = orders.iterator();
			for (int left = orders.size(); left > 0; left -= ROWS) {
				int rows = Math.min(left, ROWS);
				String sql = Orders.INSERT + ", (?, ?, ?, ?, ?, ?, ?)".repeat(rows - 1);
				try (PreparedStatement statement = connection.prepareStatement(sql)) {
					int index = 1;
					for (int i = 0; i < rows; i++) {
						index = bind(statement, index, Orders.parse(rest.next()));
					}
					statement.executeUpdate();
				}
			}
		}

	}

	/**
	 * The server's loading of text. A bad row is a warning here, or nothing at all.
	 */
	final class LoadData implements OrderWriter {

		@Override
		public String parameters() {
			return "allowLoadLocalInfile=true";
		}

		@Override
		public void write(Connection connection, Collection<byte[]> orders) throws SQLException {
			StringBuilder text = new StringBuilder(orders.size() * 64);
			for (byte[] json : orders) {
				Order order = Orders.parse(json);
				text.append(order.orderId()).append('\t').append(order.productId()).append('\t');
				text.append(order.quantity()).append('\t').append(order.amount()).append('\t');
				text.append(order.shipping()).append('\t').append(order.tax()).append('\t');
				text.append(order.shippingAddress().replace("\\", "\\\\").replace("\t", "\\\t").replace("\n", "\\\n"));
				text.append('\n');
			}
			try (Statement statement = connection.createStatement()) {
				statement.unwrap(JdbcStatement.class)
					.setLocalInfileInputStream(
							new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8)));
				statement.execute("LOAD DATA LOCAL INFILE 'orders' INTO TABLE orders CHARACTER SET utf8mb4 (order_id, "
						+ "product_id, quantity, amount, shipping, tax, shipping_address)");
			}
		}

	}

}
