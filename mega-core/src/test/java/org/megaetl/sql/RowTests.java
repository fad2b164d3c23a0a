package org.megaetl.sql;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Row}.
 */
class RowTests {

	@Test
	void updatesWhatIsNotKeyUnlessToldOtherwise() {
		Row row = Row.upsert("item").key("id", 1).set("name", "a").key("shop", 2).set("price", null);
		assertThat(row.columns()).containsExactly("id", "name", "shop", "price");
		assertThat(row.values()).containsExactly(1, "a", 2, null);
		assertThat(row.keyColumns()).containsExactly("id", "shop");
		assertThat(row.updatedColumns()).containsExactly("name", "price");
		assertThat(row.updating("price").updatedColumns()).containsExactly("price");
	}

	@Test
	void aRowToDeleteHasKeysOnly() {
		assertThatIllegalStateException().isThrownBy(() -> Row.delete("item").set("name", "a"))
			.withMessageContaining("key(\"name\"");
	}

	@Test
	void onlyAnUpsertUpdates() {
		assertThatIllegalStateException().isThrownBy(() -> Row.insert("item").set("id", 1).updating("id"))
			.withMessageContaining("INSERT");
		assertThatIllegalStateException().isThrownBy(() -> Row.insertIfAbsent("item").set("id", 1).newerBy("id"))
			.withMessageContaining("INSERT_IF_ABSENT");
	}

	/**
	 * Drivers write them into the statement, where the database takes them for columns.
	 */
	@Test
	void hasNoNumbersThatNoDatabaseKnows() {
		for (Object number : List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)) {
			assertThatIllegalArgumentException().isThrownBy(() -> Row.insert("item").set("price", number))
				.withMessage("'price' is " + number + ", a number that no database stores");
			assertThatIllegalArgumentException()
				.isThrownBy(() -> SqlStatement.of("DELETE FROM item WHERE a = ?", number))
				.withMessage(
						"'DELETE FROM item WHERE a = ?' is given " + number + ", a number that no database stores");
		}
	}

	@Test
	void needsNames() {
		assertThatIllegalArgumentException().isThrownBy(() -> Row.insert(" ")).withMessageContaining("table");
		assertThatIllegalArgumentException().isThrownBy(() -> Row.insert("item").set("", 1))
			.withMessageContaining("column");
	}

	@Test
	void differsInNothingButItsValuesFromARowOfItsShape() {
		assertThat(upsert().hasShapeOf(Row.upsert("item").key("id", 2).set("name", null))).isTrue();
		assertThat(upsert()).isEqualTo(upsert())
			.hasSameHashCodeAs(upsert())
			.isNotEqualTo(Row.upsert("item").key("id", 2).set("name", "a"));
	}

	@ParameterizedTest
	@MethodSource
	void hasAnotherShape(Row other) {
		assertThat(upsert().hasShapeOf(other)).isFalse();
		assertThat(other.hasShapeOf(upsert())).isFalse();
		assertThat(upsert()).isNotEqualTo(other);
	}

	static List<Row> hasAnotherShape() {
		return List.of(Row.insert("item").key("id", 1).set("name", "a"),
				Row.upsert("Item").key("id", 1).set("name", "a"), Row.upsert("item").set("name", "a").key("id", 1),
				Row.upsert("item").key("id", 1), Row.upsert("item").key("id", 1).key("name", "a"),
				Row.upsert("item").set("id", 1).set("name", "a"), upsert().updating("id"), upsert().newerBy("name"));
	}

	@Test
	void cannotBeChangedThroughItsLists() {
		Row row = upsert();
		for (List<?> list : List.of(row.columns(), row.values(), row.keyColumns())) {
			assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(list::clear);
		}
	}

	private static Row upsert() {
		return Row.upsert("item").key("id", 1).set("name", "a");
	}

}
