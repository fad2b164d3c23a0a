package org.megaetl.connector.redis;

import java.net.URI;
import java.net.URISyntaxException;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.StringUtils;

/**
 * Refuses an address of a Redis that cannot be parsed before Spring Boot does: it would
 * quote the address, and with it the password, in the log. Runs last, so that it sees
 * everything that is configured.
 */
class RedisUrlCheck implements EnvironmentPostProcessor, Ordered {

	private static final String URL = "spring.data.redis.url";

	/** The number of a database. */
	private static final String PATH = "(/\\d{0,9})?";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		String url;
		try {
			url = environment.getProperty(URL);
		}
		catch (PlaceholderResolutionException ex) {
			// reported by Spring Boot when the property is bound
			return;
		}
		// one that is encrypted is decrypted later, by who knows the key
		if (url != null && !url.startsWith("ENC(")) {
			check(url, URL);
		}
	}

	/**
	 * Checks an address.
	 * @param url the address, none if it is empty
	 * @param property the property that has it
	 * @throws InvalidConfigurationException if it cannot be parsed; the message does not
	 * quote it
	 */
	static void check(@Nullable String url, String property) {
		if (StringUtils.hasText(url) && !isValid(url)) {
			// no cause: its message quotes the value
			throw new InvalidConfigurationException(
					"'" + property + "' has an address that is not redis:// or "
							+ "rediss://, a host and, if need be, the number of a database.",
					"Write it as redis://user:password@host:6379/0. In the user and the password, write each character "
							+ "that is no letter or digit as in URLs, such as %25 for '%' and %2F for '/'.");
		}
	}

	private static boolean isValid(String url) {
		try {
			URI parsed = new URI(url);
			return parsed.getScheme() != null && parsed.getScheme().matches("rediss?") && parsed.getHost() != null
					&& parsed.getPath().matches(PATH);
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

}
