package org.megaetl.benchmarks.systems;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * Controllers as one would write them.
 */
final class Controllers {

	private Controllers() {
	}

	/**
	 * Writes nothing: what the web layer alone can do.
	 */
	@RestController
	static class Nothing {

		@PostMapping("/orders")
		void take(@RequestBody byte[] order) {
			Orders.parse(order);
		}

	}

	/**
	 * Writes each order by itself.
	 */
	@RestController
	static class Insert {

		private final JdbcTemplate jdbc;

		Insert(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		@PostMapping("/orders")
		void take(@RequestBody byte[] order) {
			this.jdbc.update(Orders.INSERT, Orders.parse(order).values());
		}

	}

}
