package org.megaetl.benchmarks.systems;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import javax.sql.DataSource;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.megaetl.benchmarks.systems.Orders.Order;

/**
 * What one would write by hand to be as fast as possible: no thread waits, and orders
 * that wait at the same time share a transaction. It has nothing else: one bad order
 * fails all of its transaction.
 */
final class GroupCommitServlet extends HttpServlet {

	private static final int WRITERS = 2;

	private static final int MOST = 1000;

	private final transient DataSource dataSource;

	private final transient BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(10_000);

	GroupCommitServlet(DataSource dataSource) {
		this.dataSource = dataSource;
	}

	@Override
	public void init() {
		for (int i = 0; i < WRITERS; i++) {
			Thread thread = new Thread(this::run, "writer-" + i);
			thread.setDaemon(true);
			thread.start();
		}
	}

	@Override
	protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
		Order order = Orders.parse(request.getInputStream().readAllBytes());
		AsyncContext context = request.startAsync(request, response);
		if (!this.queue.offer(new Waiting(order, context))) {
			answer(context, 503);
		}
	}

	private void run() {
		List<Waiting> group = new ArrayList<>();
		try {
			while (true) {
				group.clear();
				group.add(this.queue.take());
				this.queue.drainTo(group, MOST - 1);
				int status = 200;
				try {
					write(group);
				}
				catch (SQLException ex) {
					status = 500;
				}
				for (Waiting each : group) {
					answer(each.context(), status);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void write(List<Waiting> group) throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.setAutoCommit(false);
			String sql = Orders.INSERT + ", (?, ?, ?, ?, ?, ?, ?)".repeat(group.size() - 1);
			try (PreparedStatement statement = connection.prepareStatement(sql)) {
				int index = 1;
				for (Waiting each : group) {
					index = OrderWriter.bind(statement, index, each.order());
				}
				statement.executeUpdate();
			}
			connection.commit();
		}
	}

	private static void answer(AsyncContext context, int status) {
		HttpServletResponse response = (HttpServletResponse) context.getResponse();
		response.setStatus(status);
		response.setContentLength(0);
		context.complete();
	}

	private record Waiting(Order order, AsyncContext context) {

	}

}
