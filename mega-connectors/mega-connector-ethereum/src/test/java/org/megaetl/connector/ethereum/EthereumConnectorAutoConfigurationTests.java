package org.megaetl.connector.ethereum;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.megaetl.autoconfigure.MegaAutoConfiguration;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.transform.Transformer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EthereumConnectorAutoConfiguration}. Nothing connects: there is no
 * server at the address of the database.
 */
class EthereumConnectorAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withInitializer((context) -> context.getBeanFactory()
			.setConversionService(ApplicationConversionService.getSharedInstance()))
		.withConfiguration(AutoConfigurations.of(EthereumConnectorAutoConfiguration.class, MegaAutoConfiguration.class,
				DataSourceAutoConfiguration.class))
		.withBean("rows", Transformer.class, () -> (event) -> List.of())
		.withPropertyValues("spring.datasource.url=jdbc:mysql://localhost:1/none",
				"mega.sink.jdbc.connection-timeout=250ms", "mega.namespace=test",
				"mega.connectors.ethereum.enabled=true");

	@Test
	void refusesANameThatCannotBeAPipelines() {
		String prefix = "mega.connectors.ethereum.inbound.1st.";
		this.runner.withPropertyValues(prefix + "endpoints=http://localhost:1", prefix + "transformer=rows")
			.run((context) -> assertThat(context).getFailure()
				.cause()
				.cause()
				.isInstanceOf(InvalidConfigurationException.class)
				.hasMessageContaining("'mega.connectors.ethereum.inbound.1st' is not valid")
				.hasMessageContaining("lower-case letters"));
	}

}
