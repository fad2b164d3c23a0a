package org.megaetl.examples.ethereum;

import java.math.BigDecimal;

/**
 * Knows what an ether costs. Make your own a bean to use it.
 */
@FunctionalInterface
interface PriceSource {

	/**
	 * Returns the price of an ether.
	 * @return dollars
	 */
	BigDecimal usd();

}
