package org.megaetl.sink;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Knows which tables the database connects, by foreign keys, triggers or views, so that
 * rows of the others may change places. Read from the database's catalogue the first time
 * a batch writes to two tables. Names are compared without schema and case: two tables
 * taken for one only costs a round trip.
 */
final class TableRelations {

	private static final String FOREIGN_KEYS = """
			SELECT DISTINCT TABLE_NAME, REFERENCED_TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE
			WHERE REFERENCED_TABLE_NAME IS NOT NULL""";

	/** Tables whose rows reach other tables: by a trigger, or as they are views. */
	private static final String REACHING = """
			SELECT EVENT_OBJECT_TABLE FROM information_schema.TRIGGERS
			UNION SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA <> 'sys'""";

	private volatile @Nullable Catalogue catalogue;

	/**
	 * Returns whether an operation on one table may depend on an operation on the other.
	 * @param connection the connection to read the catalogue with
	 * @param table one table's {@linkplain #key key}
	 * @param other the other table's key
	 * @return {@code true} if the order of the two matters
	 * @throws SQLException if the catalogue cannot be read
	 */
	boolean connected(Connection connection, String table, String other) throws SQLException {
		if (table.equals(other)) {
			return true;
		}
		Catalogue current = this.catalogue;
		if (current == null || !current.covers(table, other)) {
			current = Catalogue.read(connection, (current != null) ? current.asked : Set.of(), table, other);
			this.catalogue = current;
		}
		return current.connected(table, other);
	}

	/**
	 * Forgets what was read: a statement failed, and a foreign key may have been added.
	 */
	void forget() {
		this.catalogue = null;
	}

	static String key(String table) {
		return table.substring(table.indexOf('.') + 1).toLowerCase(Locale.ROOT);
	}

	private record Catalogue(Map<String, Set<String>> neighbours, Set<String> reaching, Set<String> asked) {

		static Catalogue read(Connection connection, Set<String> askedBefore, String... tables) throws SQLException {
			Map<String, Set<String>> neighbours = new HashMap<>();
			Set<String> reaching = new HashSet<>();
			try (Statement statement = connection.createStatement()) {
				try (ResultSet keys = statement.executeQuery(FOREIGN_KEYS)) {
					while (keys.next()) {
						String child = key(keys.getString(1));
						String parent = key(keys.getString(2));
						neighbours.computeIfAbsent(child, (name) -> new HashSet<>()).add(parent);
						neighbours.computeIfAbsent(parent, (name) -> new HashSet<>()).add(child);
					}
				}
				try (ResultSet names = statement.executeQuery(REACHING)) {
					while (names.next()) {
						reaching.add(key(names.getString(1)));
					}
				}
			}
			Set<String> asked = new HashSet<>(askedBefore);
			asked.addAll(Set.of(tables));
			return new Catalogue(neighbours, reaching, asked);
		}

		boolean covers(String table, String other) {
			return this.asked.contains(table) && this.asked.contains(other);
		}

		boolean connected(String table, String other) {
			if (this.reaching.contains(table) || this.reaching.contains(other)) {
				return true;
			}
			Set<String> reached = new HashSet<>(Set.of(table));
			Deque<String> open = new ArrayDeque<>(reached);
			while (!open.isEmpty()) {
				for (String neighbour : this.neighbours.getOrDefault(open.pop(), Set.of())) {
					if (neighbour.equals(other)) {
						return true;
					}
					if (reached.add(neighbour)) {
						open.push(neighbour);
					}
				}
			}
			return false;
		}

	}

}
