package org.megaetl.sink;

import org.junit.jupiter.api.Test;
import org.megaetl.sql.Row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link RowSql}.
 */
class RowSqlTests {

	@Test
	void insertsManyRowsInOneStatement() {
		Row row = Row.insert("orders").set("order_id", 1).set("amount", 2);
		assertThat(RowSql.render(row, 3))
			.isEqualTo("INSERT INTO `orders` (`order_id`, `amount`) VALUES (?,?),(?,?),(?,?)");
	}

	@Test
	void upsertsAllButTheKeyColumns() {
		Row row = Row.upsert("orders").key("order_id", 1).set("amount", 2).set("tax", 3);
		assertThat(RowSql.render(row, 1)).isEqualTo("INSERT INTO `orders` (`order_id`, `amount`, `tax`) VALUES (?,?,?)"
				+ " ON DUPLICATE KEY UPDATE `amount`=VALUES(`amount`), `tax`=VALUES(`tax`)");
	}

	@Test
	void upsertsOnlyTheChosenColumns() {
		Row row = Row.upsert("orders").key("order_id", 1).set("amount", 2).set("tax", 3).updating("tax");
		assertThat(RowSql.render(row, 1)).endsWith(" ON DUPLICATE KEY UPDATE `tax`=VALUES(`tax`)");
	}

	@Test
	void comparesTheVersionBeforeItIsOverwritten() {
		Row row = Row.upsert("orders").key("order_id", 1).set("version", 2).set("tax", 3).newerBy("version");
		assertThat(RowSql.render(row, 1)).endsWith(" ON DUPLICATE KEY UPDATE"
				+ " `tax`=IF(COALESCE(VALUES(`version`) >= `version`, `version` IS NULL), VALUES(`tax`), `tax`),"
				+ " `version`=IF(COALESCE(VALUES(`version`) >= `version`, `version` IS NULL), VALUES(`version`), `version`)");
	}

	@Test
	void insertsIfAbsentWithoutIgnoringErrors() {
		Row row = Row.insertIfAbsent("orders").set("order_id", 1);
		assertThat(RowSql.render(row, 1))
			.isEqualTo("INSERT INTO `orders` (`order_id`) VALUES (?) ON DUPLICATE KEY UPDATE `order_id`=`order_id`");
	}

	@Test
	void upsertOfKeysOnlyIsAnInsertIfAbsent() {
		Row row = Row.upsert("orders").key("order_id", 1);
		assertThat(RowSql.render(row, 1)).endsWith(" ON DUPLICATE KEY UPDATE `order_id`=`order_id`");
	}

	@Test
	void deletesByTheKey() {
		Row row = Row.delete("orders").key("order_id", 1).key("shop", "x");
		assertThat(RowSql.render(row, 2)).isEqualTo("DELETE FROM `orders` WHERE (`order_id` <=> ? AND `shop` <=> ?)"
				+ " OR (`order_id` <=> ? AND `shop` <=> ?)");
	}

	@Test
	void quotesIdentifiers() {
		Row row = Row.insert("shop.or`ders").set("a`) VALUES (1); DROP TABLE x; -- ", 1);
		assertThat(RowSql.render(row, 1))
			.isEqualTo("INSERT INTO `shop`.`or``ders` (`a``) VALUES (1); DROP TABLE x; -- `) VALUES (?)");
	}

	@Test
	void refusesWhatCannotBeAnIdentifier() {
		assertThatIllegalArgumentException().isThrownBy(() -> RowSql.render(Row.insert("x".repeat(65)).set("a", 1), 1))
			.withMessageContaining("1 to 64 characters");
		assertThatIllegalArgumentException().isThrownBy(() -> RowSql.render(Row.insert("t").set("a\0b", 1), 1))
			.withMessageContaining("'a\\0b'");
	}

	@Test
	void namesColumnsThatAreNotSet() {
		assertThatIllegalStateException()
			.isThrownBy(() -> RowSql.render(Row.upsert("t").key("id", 1).set("a", 1).updating("b"), 1))
			.withMessageContaining("column 'b' of table 't'");
		assertThatIllegalStateException()
			.isThrownBy(() -> RowSql.render(Row.upsert("t").key("id", 1).set("a", 1).newerBy("v"), 1))
			.withMessageContaining("column 'v' of table 't'");
		assertThatIllegalStateException().isThrownBy(() -> RowSql.render(Row.insert("t"), 1))
			.withMessageContaining("has no columns");
	}

}
