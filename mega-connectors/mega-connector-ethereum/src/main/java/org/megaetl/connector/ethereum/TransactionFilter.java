package org.megaetl.connector.ethereum;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;

import tools.jackson.databind.JsonNode;

/**
 * Which transactions are read.
 *
 * @param from the senders, in lower case; empty for all
 * @param to the recipients, in lower case; empty for all
 * @param minWei the least value, in wei
 */
record TransactionFilter(List<String> from, List<String> to, BigInteger minWei) {

	static TransactionFilter of(List<String> from, List<String> to, BigDecimal minEther) {
		return new TransactionFilter(lower(from), lower(to),
				minEther.movePointRight(18).setScale(0, RoundingMode.CEILING).toBigInteger());
	}

	private static List<String> lower(List<String> addresses) {
		return addresses.stream().map((address) -> address.toLowerCase(Locale.ROOT)).toList();
	}

	boolean matches(JsonNode transaction) {
		return isIn(this.from, transaction.path("from")) && isIn(this.to, transaction.path("to"))
				&& (this.minWei.signum() == 0 || Hex.integer(transaction, "value").compareTo(this.minWei) >= 0);
	}

	private static boolean isIn(List<String> addresses, JsonNode address) {
		return addresses.isEmpty() || addresses.contains(address.asString("").toLowerCase(Locale.ROOT));
	}

}
