package org.megaetl.config;

import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.megaetl.config.DriverParametersProperties.UnknownParameters;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Checks the driver parameters of each connection pool when it is configured completely
 * and has not yet connected.
 */
class DriverParametersCheck implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(DriverParametersCheck.class);

	private static final String URL = "spring.datasource.url";

	private final ConfigurableEnvironment environment;

	private final ObjectProvider<DriverParametersProperties> properties;

	DriverParametersCheck(ConfigurableEnvironment environment, ObjectProvider<DriverParametersProperties> properties) {
		this.environment = environment;
		this.properties = properties;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// With a data source class of the driver's, HikariCP itself refuses unknown names
		if (bean instanceof HikariDataSource pool && pool.getJdbcUrl() != null
				&& pool.getDataSourceClassName() == null) {
			check(pool);
		}
		return bean;
	}

	private void check(HikariDataSource pool) {
		String url = pool.getJdbcUrl();
		List<String> messages = DriverParameters.of(url, pool.getDriverClassName()).map((parameters) -> {
			List<String> all = new ArrayList<>(parameters.check(DriverParameters.names(url), origin(url)));
			all.addAll(parameters.check(pool.getDataSourceProperties().stringPropertyNames(),
					"spring.datasource.hikari.data-source-properties"));
			return all;
		}).orElseGet(List::of);
		if (messages.isEmpty()) {
			return;
		}
		if (this.properties.getObject().unknownParameters() == UnknownParameters.FAIL) {
			throw new InvalidConfigurationException(String.join(System.lineSeparator(), messages),
					"Correct or remove the parameters, or set mega.sink.jdbc.unknown-parameters=warn.");
		}
		messages.forEach(logger::warn);
	}

	private String origin(String url) {
		if (!url.equals(this.environment.getProperty(URL))) {
			return "the JDBC URL";
		}
		PropertySource<?> databaseUrl = this.environment.getPropertySources()
			.get(DatabaseUrlEnvironmentPostProcessor.PROPERTY_SOURCE);
		return (databaseUrl != null && databaseUrl.containsProperty(URL)) ? DatabaseUrl.NAME : URL;
	}

}
