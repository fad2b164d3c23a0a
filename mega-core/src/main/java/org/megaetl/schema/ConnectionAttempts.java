package org.megaetl.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;
import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/**
 * Single attempts to connect, and what may be said about them. Passes by Hikari's pool
 * where it can: the pool logs a stack trace for each attempt to start that fails.
 */
final class ConnectionAttempts {

	private static final boolean hikariPresent = ClassUtils.isPresent("com.zaxxer.hikari.HikariDataSource",
			ConnectionAttempts.class.getClassLoader());

	/** Up to the last one: a password may contain all that ends an address. */
	private static final Pattern CREDENTIALS_IN_AUTHORITY = Pattern.compile("//.*@");

	private static final Pattern PASSWORD_PARAMETER = Pattern.compile("(?i)(password\\d*=)[^&,)\\s]*");

	private final DataSource dataSource;

	private final @Nullable String url;

	private final @Nullable String password;

	ConnectionAttempts(DataSource dataSource) {
		Hikari hikari = (hikariPresent) ? Hikari.from(dataSource) : null;
		this.dataSource = (hikari != null) ? hikari.withoutPool() : dataSource;
		this.url = (hikari != null) ? hikari.dataSource().getJdbcUrl() : null;
		this.password = (hikari != null) ? hikari.dataSource().getPassword() : null;
	}

	/**
	 * Connects once.
	 * @throws SQLException if there is no connection to be had
	 */
	void connect() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			connection.isReadOnly();
		}
	}

	/**
	 * Returns where the database is: host, port and name, or less where the URL is not of
	 * the usual form.
	 * @return words that follow "the database"
	 */
	String place() {
		int start = (this.url != null) ? this.url.indexOf("//") : -1;
		if (this.url == null || start == -1 || this.url.indexOf('(') != -1) {
			return "that is configured";
		}
		String[] parts = this.url.substring(start).split("\\?", 2);
		if (parts.length > 1 && parts[1].indexOf('@') != -1) {
			// whether that question mark belongs to a password cannot be told
			return "that is configured";
		}
		return "at " + CREDENTIALS_IN_AUTHORITY.matcher(parts[0]).replaceFirst("//").substring(2);
	}

	/**
	 * Removes the password from a driver's message: some of them quote the URL.
	 * @param message the message
	 * @return the message without the password
	 */
	String withoutSecrets(String message) {
		// first, as such a password may contain what ends the other
		String result = PASSWORD_PARAMETER.matcher(message).replaceAll("$1***");
		result = CREDENTIALS_IN_AUTHORITY.matcher(result).replaceAll("//***@");
		return StringUtils.hasLength(this.password) ? result.replace(this.password, "***") : result;
	}

	/**
	 * A pool that is configured with a URL; in a class of its own since Hikari may be
	 * absent.
	 *
	 * @param dataSource the pool
	 */
	private record Hikari(HikariDataSource dataSource) {

		private static final String CONNECT_TIMEOUT = "connectTimeout";

		private static final String CONNECT_TIMEOUT_MILLIS = "5000";

		static @Nullable Hikari from(DataSource dataSource) {
			HikariDataSource hikari = DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class,
					HikariDataSource.class);
			if (hikari == null || hikari.getJdbcUrl() == null || hikari.getDataSource() != null
					|| hikari.getDataSourceClassName() != null || hikari.getCredentialsProvider() != null) {
				return null;
			}
			return new Hikari(hikari);
		}

		DataSource withoutPool() {
			String url = this.dataSource.getJdbcUrl();
			Properties properties = new Properties();
			properties.putAll(this.dataSource.getDataSourceProperties());
			// without it, an address that swallows packets is noticed only after minutes
			if ((url.startsWith("jdbc:mysql:") || url.startsWith("jdbc:mariadb:")) && !url.contains(CONNECT_TIMEOUT)) {
				properties.putIfAbsent(CONNECT_TIMEOUT, CONNECT_TIMEOUT_MILLIS);
			}
			String driver = this.dataSource.getDriverClassName();
			try {
				return new DriverDataSource(url, driver, properties, this.dataSource.getUsername(),
						this.dataSource.getPassword());
			}
			catch (RuntimeException ex) {
				// Not a cause: its message quotes the URL
				throw new InvalidConfigurationException(
						(driver != null) ? "The database's URL is not one for the JDBC driver '" + driver + "'."
								: "There is no JDBC driver for the database's URL.",
						"Write 'spring.datasource.url' as jdbc:mysql://host:3306/database, and remove "
								+ "'spring.datasource.driver-class-name'.");
			}
		}

	}

}
