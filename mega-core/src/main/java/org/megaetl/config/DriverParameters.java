package org.megaetl.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * The parameters that a JDBC driver knows, according to the driver itself. The drivers
 * ignore any other in silence. Neither URLs nor values are part of a message.
 */
final class DriverParameters {

	/**
	 * Written into a parameter that the driver does not list, to see whether it reacts.
	 */
	private static final String PROBE = "mega-probe";

	private final Driver driver;

	private final Product product;

	private final Map<String, @Nullable String> listed;

	private DriverParameters(Driver driver, Product product) {
		this.driver = driver;
		this.product = product;
		try {
			this.listed = list(new Properties());
		}
		catch (SQLException ex) {
			throw new IllegalStateException(product.displayName + " does not list its parameters", ex);
		}
	}

	/**
	 * Return the parameters of the driver that is used for a URL.
	 * @param url the JDBC URL
	 * @param driverClassName the driver's class, or {@code null} to go by the URL
	 * @return the parameters, or empty if the driver is neither MySQL's nor MariaDB's
	 */
	static Optional<DriverParameters> of(String url, @Nullable String driverClassName) {
		return DriverManager.drivers()
			.filter((driver) -> (driverClassName != null) ? driver.getClass().getName().equals(driverClassName)
					: accepts(driver, url))
			.findFirst()
			.flatMap((driver) -> Arrays.stream(Product.values())
				.filter((product) -> driver.getClass().getName().startsWith(product.packageName))
				.findFirst()
				.map((product) -> new DriverParameters(driver, product)));
	}

	private static boolean accepts(Driver driver, String url) {
		try {
			return driver.acceptsURL(url);
		}
		catch (SQLException ex) {
			// A malformed URL, which the connection pool reports
			return false;
		}
	}

	/**
	 * Return the names of the parameters in the query of a JDBC URL.
	 * @param url the JDBC URL
	 * @return the names, decoded, in their order
	 */
	static Set<String> names(String url) {
		Set<String> names = new LinkedHashSet<>();
		int question = url.indexOf('?');
		String query = (question != -1) ? url.substring(question + 1) : "";
		for (String parameter : StringUtils.tokenizeToStringArray(query, "&")) {
			String name = parameter.split("=", 2)[0];
			try {
				names.add(URLDecoder.decode(name, StandardCharsets.UTF_8));
			}
			catch (IllegalArgumentException ex) {
				names.add(name);
			}
		}
		return names;
	}

	/**
	 * Return one message for each name that the driver does not know.
	 * @param names the names
	 * @param origin where the names come from, as in {@code spring.datasource.url}
	 * @return the messages
	 */
	List<String> check(Collection<String> names, String origin) {
		List<String> messages = new ArrayList<>();
		for (String name : names) {
			if (!isKnown(name)) {
				String message = "Unknown parameter '" + name + "' in " + origin + ": " + this.product.displayName
						+ " ignores it.";
				messages.add(ClosestMatch.closest(name, new TreeSet<>(this.listed.keySet()))
					.map((closest) -> message + " Did you mean '" + closest + "'?")
					.orElse(message));
			}
		}
		return messages;
	}

	/**
	 * An alias or another spelling that the driver understands is not listed, but changes
	 * the value of a parameter that is, or is refused for its value.
	 */
	private boolean isKnown(String name) {
		if (this.listed.containsKey(name) || this.product.unlisted.contains(name)) {
			return true;
		}
		Properties properties = new Properties();
		properties.setProperty(name, PROBE);
		try {
			return !list(properties).equals(this.listed);
		}
		catch (SQLException ex) {
			return true;
		}
	}

	private Map<String, @Nullable String> list(Properties properties) throws SQLException {
		Map<String, @Nullable String> parameters = new TreeMap<>();
		for (DriverPropertyInfo info : this.driver.getPropertyInfo(this.product.url, properties)) {
			parameters.put(info.name, info.value);
		}
		return parameters;
	}

	private enum Product {

		MYSQL("com.mysql.", "MySQL Connector/J", "jdbc:mysql://localhost/", Set.of("path", "namedPipePath")),

		MARIADB("org.mariadb.", "MariaDB Connector/J", "jdbc:mariadb://localhost/", Set.of("permitMysqlScheme",
				"useSsl", "useSSL", "trustServerCertificate", "disableSslHostnameVerification"));

		private final String packageName;

		private final String displayName;

		/** A URL without anything of the user's. */
		private final String url;

		/** Understood, but neither listed nor seen by probing. */
		private final Set<String> unlisted;

		Product(String packageName, String displayName, String url, Set<String> unlisted) {
			this.packageName = packageName;
			this.displayName = displayName;
			this.url = url;
			this.unlisted = unlisted;
		}

	}

}
