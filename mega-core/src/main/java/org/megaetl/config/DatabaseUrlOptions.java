package org.megaetl.config;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Turns the options of {@code DATABASE_URL} into parameters of the JDBC driver. They pass
 * through unchanged, but for the ways in which other clients ask for TLS.
 */
final class DatabaseUrlOptions {

	private static final Set<String> SSL_MODE = Set.of("ssl-mode", "ssl_mode", "sslmode");

	private static final Set<String> SSL_MODES = Set.of("DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA",
			"VERIFY_IDENTITY");

	private DatabaseUrlOptions() {
	}

	/**
	 * Return the query of the JDBC URL.
	 * @param options the options, raw, or {@code null} for none
	 * @param mariaDb whether the MariaDB driver is used, which decodes nothing
	 * @return the query with its question mark, or an empty text
	 */
	static String toQuery(@Nullable String options, boolean mariaDb) {
		Map<String, @Nullable String> parameters = parse(options);
		mapSsl(parameters, mariaDb);
		if (parameters.isEmpty()) {
			return "";
		}
		return parameters.entrySet()
			.stream()
			.map((entry) -> (entry.getValue() != null)
					? entry.getKey() + "=" + (mariaDb ? decode(entry.getValue()) : entry.getValue()) : entry.getKey())
			.collect(Collectors.joining("&", "?", ""));
	}

	private static Map<String, @Nullable String> parse(@Nullable String options) {
		Map<String, @Nullable String> parameters = new LinkedHashMap<>();
		for (String option : StringUtils.tokenizeToStringArray(options, "&")) {
			int equals = option.indexOf('=');
			String name = (equals != -1) ? option.substring(0, equals) : option;
			if (!name.matches("[\\w.-]+")) {
				throw DatabaseUrl.invalid("has options behind its '?' that cannot be read as name=value&name=value. "
						+ "Or a '/' in the user or password is not percent-encoded.");
			}
			parameters.put(name, (equals != -1) ? option.substring(equals + 1) : null);
		}
		return parameters;
	}

	private static void mapSsl(Map<String, @Nullable String> parameters, boolean mariaDb) {
		String mode = null;
		for (String name : SSL_MODE) {
			if (parameters.containsKey(name)) {
				mode = sslMode(name, parameters.remove(name));
			}
		}
		// The mysql_async crate's options: verification is on unless it is turned off
		boolean required = isTrue(parameters.remove("require_ssl"));
		boolean verifyCa = !isFalse(parameters.remove("verify_ca"));
		boolean verifyIdentity = !isFalse(parameters.remove("verify_identity"));
		if (mode == null && required) {
			mode = verifyCa ? (verifyIdentity ? "VERIFY_IDENTITY" : "VERIFY_CA") : "REQUIRED";
		}
		// The MariaDB driver has no such mode, and asks for no TLS by default
		if (mode != null && !(mariaDb && mode.equals("PREFERRED"))) {
			parameters.putIfAbsent("sslMode", mode);
		}
	}

	private static String sslMode(String name, @Nullable String value) {
		String mode = (value != null) ? value.toUpperCase(Locale.ROOT).replace('-', '_') : "";
		if (!SSL_MODES.contains(mode)) {
			throw DatabaseUrl.invalid("has an option '" + name
					+ "' that is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY.");
		}
		return mode;
	}

	private static boolean isTrue(@Nullable String value) {
		return "true".equalsIgnoreCase(value);
	}

	private static boolean isFalse(@Nullable String value) {
		return "false".equalsIgnoreCase(value);
	}

	private static String decode(String value) {
		try {
			return StringUtils.uriDecode(value, StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			// Not a cause: its message quotes the value
			throw DatabaseUrl.invalid("has a '%' in an option that is not followed by two hexadecimal digits.");
		}
	}

}
