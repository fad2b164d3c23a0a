package org.megaetl.devservices;

import javax.sql.DataSource;
import javax.sql.XADataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/**
 * Auto-configuration that starts a database server when no database is configured.
 */
@AutoConfiguration(before = DataSourceAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = "mega.devservices.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "mega.devservices.mariadb.enabled", matchIfMissing = true)
@Conditional(OnNoDatabaseCondition.class)
@ConditionalOnMissingBean({ DataSource.class, XADataSource.class, JdbcConnectionDetails.class })
@EnableConfigurationProperties(DevServicesProperties.class)
public final class MariaDbDevServiceAutoConfiguration {

	private static final Log logger = LogFactory.getLog(MariaDbDevServiceAutoConfiguration.class);

	MariaDbDevServiceAutoConfiguration() {
	}

	@Bean
	DevServiceJdbcConnectionDetails devServiceJdbcConnectionDetails(DevServicesProperties properties) {
		DevServiceJdbcConnectionDetails details = connect(properties);
		logger.info("Connect with %s as user %s (its password is its name)".formatted(details.getJdbcUrl(),
				details.getUsername()));
		return details;
	}

	private static DevServiceJdbcConnectionDetails connect(DevServicesProperties properties) {
		DevServicesProperties.MariaDb mariadb = properties.mariadb();
		if (mariadb.shared()) {
			DatabaseServer server = DatabaseServers.shared(mariadb.provider(), properties.cacheDirectory(),
					mariadb.args());
			return new DevServiceJdbcConnectionDetails(server, DatabaseServers.createDatabase(server), false);
		}
		DatabaseServer server = DatabaseServers.useContainer(mariadb.provider()) ? MySqlContainerServer.start()
				: DatabaseServers.ofProject(properties);
		try {
			server.createDatabase(mariadb.database());
		}
		catch (RuntimeException ex) {
			server.close();
			throw ex;
		}
		return new DevServiceJdbcConnectionDetails(server, mariadb.database(), true);
	}

}
