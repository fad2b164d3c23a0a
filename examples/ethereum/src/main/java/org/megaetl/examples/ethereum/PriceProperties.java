package org.megaetl.examples.ethereum;

import java.math.BigDecimal;
import java.net.URI;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The price of an ether.
 *
 * @param usd Price of an ether in dollars, if no URL is set.
 * @param url URL to ask for the price.
 * @param pointer JSON pointer to the price in the answer.
 */
@ConfigurationProperties("price")
record PriceProperties(@DefaultValue("3000") BigDecimal usd, @Nullable URI url,
		@DefaultValue("/result/ethusd") String pointer) {
}
