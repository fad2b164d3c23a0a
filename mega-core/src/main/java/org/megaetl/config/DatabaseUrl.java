package org.megaetl.config;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * What {@code DATABASE_URL} says, in JDBC's terms. No message of this class quotes any
 * part of the value but its scheme: where a password holds a {@code /} or an {@code @},
 * what looks like a host or a port may be a piece of it.
 *
 * @param url the JDBC URL, without user and password
 * @param username the user, percent-decoded, or {@code null} if none is named
 * @param password the password, percent-decoded, or {@code null} if none is named
 */
record DatabaseUrl(String url, @Nullable String username, @Nullable String password) {

	static final String NAME = "DATABASE_URL";

	static final String FORM = "Write it as mysql://user:password@host:3306/database?option=value, with the special "
			+ "characters of user and password percent-encoded: % as %25, @ as %40, : as %3A, / as %2F, ? as %3F, "
			+ "# as %23.";

	private static final Pattern SCHEME = Pattern
		.compile("(jdbc:[a-z0-9+]+(?::[a-z]+)*|[a-zA-Z][a-zA-Z0-9+.-]*)://(.*)", Pattern.DOTALL);

	private static final Pattern HOST_AND_PORT = Pattern
		.compile("(?<host>\\[[0-9a-fA-F:.]+(?:%[0-9a-zA-Z]+)?]|[^:\\s]+)(?::(?<port>[0-9]{1,5})?)?");

	private static final String DEFAULT_PORT = "3306";

	/**
	 * Parse the value of {@code DATABASE_URL}.
	 * @param value the value
	 * @param mariaDbDriver whether the MariaDB driver is on the class path
	 * @return what the value says
	 * @throws InvalidConfigurationException if the value is malformed
	 */
	static DatabaseUrl parse(String value, boolean mariaDbDriver) {
		Matcher matcher = SCHEME.matcher(value);
		if (!matcher.matches()) {
			throw invalid("has no scheme: it does not start with mysql://, mariadb://, tidb:// or jdbc:mysql://.");
		}
		String scheme = matcher.group(1);
		String rest = matcher.group(2);
		if (scheme.matches("jdbc:(mysql|mariadb)([:+].*)?")) {
			checkDriver(scheme, mariaDbDriver);
			// A list of addresses in the driver's own syntax, credentials included
			boolean addresses = rest.startsWith("(") || rest.startsWith("address=");
			return addresses ? new DatabaseUrl(value, null, null) : Parts.of(rest).asJdbc(scheme);
		}
		return switch (scheme) {
			case "mysql", "tidb" -> Parts.of(rest).toJdbc(false);
			case "mariadb" -> Parts.of(rest).toJdbc(mariaDbDriver);
			default -> throw invalid("has the scheme '" + scheme + "', but MEGA writes to MySQL, MariaDB and TiDB: "
					+ "use mysql, mariadb, tidb, jdbc:mysql or jdbc:mariadb.");
		};
	}

	private static void checkDriver(String scheme, boolean mariaDbDriver) {
		if (scheme.startsWith("jdbc:mariadb") && !mariaDbDriver) {
			throw new InvalidConfigurationException(
					NAME + " starts with jdbc:mariadb:, but the MariaDB driver is not on the class path.",
					"Add the dependency org.mariadb.jdbc:mariadb-java-client, or write mariadb:// instead, which uses "
							+ "MySQL Connector/J where the MariaDB driver is missing.");
		}
	}

	static InvalidConfigurationException invalid(String problem) {
		return new InvalidConfigurationException(NAME + " " + problem, FORM);
	}

	@Override
	public String toString() {
		return NAME;
	}

	/**
	 * The raw parts of a URL behind its scheme.
	 */
	private record Parts(@Nullable String user, @Nullable String password, String hosts, String database,
			@Nullable String options) {

		static Parts of(String rest) {
			int slash = rest.indexOf('/');
			String authority = (slash != -1) ? rest.substring(0, slash) : rest;
			String tail = (slash != -1) ? rest.substring(slash + 1) : "";
			int question = tail.indexOf('?');
			String database = (question != -1) ? tail.substring(0, question) : tail;
			String options = (question != -1) ? tail.substring(question + 1) : null;
			if (database.contains("@")) {
				throw invalid("has an '@' behind the first '/': a '/' in the user or password, or an '@' in the "
						+ "database's name, is not percent-encoded.");
			}
			// The last @ ends the password, so that an @ in it does no harm
			int at = authority.lastIndexOf('@');
			String userInfo = (at != -1) ? authority.substring(0, at) : null;
			String hosts = authority.substring(at + 1);
			if (userInfo == null) {
				return new Parts(null, null, hosts, database, options);
			}
			int colon = userInfo.indexOf(':');
			String user = (colon != -1) ? userInfo.substring(0, colon) : userInfo;
			String password = (colon != -1) ? userInfo.substring(colon + 1) : null;
			return new Parts(user, password, hosts, database, options);
		}

		/**
		 * A JDBC URL is taken as it is, but for user and password: not every driver looks
		 * for them there, and a URL is printed more readily than a password.
		 */
		DatabaseUrl asJdbc(String scheme) {
			requireDatabase();
			String query = (this.options != null) ? "?" + this.options : "";
			String url = scheme + "://" + this.hosts + "/" + this.database + query;
			return new DatabaseUrl(url, decodeUser(), decodePassword());
		}

		DatabaseUrl toJdbc(boolean mariaDb) {
			Matcher matcher = HOST_AND_PORT.matcher(this.hosts);
			if (this.hosts.isEmpty()) {
				throw invalid("names no host.");
			}
			requireDatabase();
			if (!matcher.matches()) {
				throw invalid("has a host or port that cannot be read: the host is a name, an IPv4 address or an IPv6 "
						+ "address in [], the port a number. Or a '/' in the user or password is not percent-encoded.");
			}
			String port = (matcher.group("port") != null) ? matcher.group("port") : DEFAULT_PORT;
			if (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65535) {
				throw invalid("has a port that is not between 1 and 65535.");
			}
			String name = mariaDb ? decode(this.database, "database") : this.database;
			String url = (mariaDb ? "jdbc:mariadb://" : "jdbc:mysql://") + matcher.group("host") + ":" + port + "/"
					+ name + DatabaseUrlOptions.toQuery(this.options, mariaDb);
			return new DatabaseUrl(url, decodeUser(), decodePassword());
		}

		private void requireDatabase() {
			// A ? before the first / means that the options follow the host at once
			if (this.database.isEmpty() || this.hosts.contains("?")) {
				throw invalid("names no database: name a database behind the host, as in mysql://host:3306/database.");
			}
			if (this.database.contains("/") || this.database.contains("#")) {
				throw invalid("has a '/' or '#' in the database's name, or an unencoded '/' in the user or password.");
			}
		}

		private @Nullable String decodeUser() {
			return StringUtils.hasLength(this.user) ? decode(this.user, "user") : null;
		}

		private @Nullable String decodePassword() {
			return (this.password != null) ? decode(this.password, "password") : null;
		}

		private static String decode(String text, String what) {
			try {
				return StringUtils.uriDecode(text, StandardCharsets.UTF_8);
			}
			catch (IllegalArgumentException ex) {
				// Not a cause: its message quotes the text
				throw invalid("has a '%' in the " + what + " that is not followed by two hexadecimal digits.");
			}
		}

	}

}
