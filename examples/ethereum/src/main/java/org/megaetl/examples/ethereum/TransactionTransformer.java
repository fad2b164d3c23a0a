package org.megaetl.examples.ethereum;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.megaetl.event.Event;
import org.megaetl.sql.Row;
import org.megaetl.sql.SqlStatement;
import org.megaetl.transform.Transformer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Turns a transaction into a row: one of a node, or one that Blocknative posts, as both
 * have the same fields.
 */
@Component("transaction")
class TransactionTransformer implements Transformer {

	private static final JsonMapper json = JsonMapper.shared();

	private final PriceSource price;

	TransactionTransformer(PriceSource price) {
		this.price = price;
	}

	@Override
	public List<SqlStatement> transform(Event event) {
		Transfer transfer = json.readValue(event.payload(), Transfer.class);
		if (transfer.status().equals("dropped")) {
			return List
				.of(SqlStatement.of("DELETE FROM transactions WHERE hash = ? AND NOT confirmed", transfer.hash()));
		}
		boolean confirmed = transfer.status().equals("confirmed");
		if ((!confirmed && !transfer.status().equals("pending")) || transfer.value().signum() == 0) {
			// neither what failed nor a mere call of a contract
			return List.of();
		}
		BigDecimal ether = transfer.value().movePointLeft(18);
		// what is confirmed stays so, whatever comes late
		Row row = confirmed ? Row.upsert("transactions") : Row.insertIfAbsent("transactions");
		row.key("hash", transfer.hash())
			.set("from_address", transfer.from())
			.set("to_address", transfer.to())
			.set("value_usd", ether.multiply(this.price.usd()).setScale(2, RoundingMode.HALF_EVEN))
			.set("value_eth", ether)
			.set("gas", transfer.gas())
			.set("confirmed", confirmed)
			.set("block_hash", transfer.blockHash());
		return List.of(confirmed ? row.updating("confirmed", "block_hash") : row);
	}

	@Override
	public String initDdl() {
		return """
				CREATE TABLE IF NOT EXISTS transactions (
					hash VARCHAR(80) PRIMARY KEY, from_address VARCHAR(50), to_address VARCHAR(50),
					value_usd DECIMAL(30, 2), value_eth DECIMAL(36, 18), gas BIGINT UNSIGNED, confirmed BOOL,
					block_hash CHAR(66), date_registered TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (block_hash)
				)""";
	}

	record Transfer(String status, String hash, String from, @Nullable String to, BigDecimal value, long gas,
			@Nullable String blockHash) {
	}

}
