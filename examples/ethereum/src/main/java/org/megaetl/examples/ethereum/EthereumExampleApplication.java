package org.megaetl.examples.ethereum;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Transactions of a node, and those that Blocknative posts, into one table.
 */
@SpringBootApplication
@EnableConfigurationProperties(PriceProperties.class)
public class EthereumExampleApplication {

	public static void main(String[] args) {
		SpringApplication.run(EthereumExampleApplication.class, args);
	}

	@Bean
	PriceSource priceSource(PriceProperties properties) {
		return (properties.url() != null) ? new HttpPriceSource(properties.url(), properties.pointer())
				: properties::usd;
	}

}
