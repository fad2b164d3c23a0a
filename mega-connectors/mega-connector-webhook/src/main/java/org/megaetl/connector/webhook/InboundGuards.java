package org.megaetl.connector.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Locale;

import org.jspecify.annotations.Nullable;
import org.megaetl.config.InvalidConfigurationException;
import org.megaetl.connector.webhook.WebhookConnectorProperties.Hmac;
import org.megaetl.connector.webhook.WebhookConnectorProperties.Inbound;
import org.megaetl.connector.webhook.auth.AuthScheme;
import org.megaetl.connector.webhook.auth.Authenticator;
import org.megaetl.connector.webhook.auth.Authenticators;
import org.megaetl.connector.webhook.auth.HmacSettings;
import org.megaetl.connector.webhook.auth.SecretSource;
import org.megaetl.connector.webhook.auth.TimestampWindow;
import org.megaetl.pipeline.PipelineSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.util.StringUtils;

/**
 * Creates the authenticators of inbounds, and sees to it that nobody leaves one open
 * without knowing.
 */
final class InboundGuards {

	private static final Logger logger = LoggerFactory.getLogger(InboundGuards.class);

	private final Environment environment;

	private final Clock clock;

	InboundGuards(Environment environment, Clock clock) {
		this.environment = environment;
		this.clock = clock;
	}

	/**
	 * Creates the authenticator of an inbound.
	 * @throws InvalidConfigurationException if what the inbound says does not fit
	 * together, or it says nothing where it must
	 */
	Authenticator authenticator(Inbound inbound, PipelineSettings settings) {
		AuthScheme scheme = inbound.auth();
		if (scheme == null) {
			checkOpen(settings);
			scheme = AuthScheme.NONE;
		}
		boolean hasSecret = !inbound.secrets().isEmpty() || inbound.secretFile() != null;
		if (scheme == AuthScheme.NONE && hasSecret) {
			throw new InvalidConfigurationException(
					"The inbound '" + settings.name() + "' has secrets, but '" + settings.property("auth")
							+ "' does not say what they are for.",
					"Set '" + settings.property("auth") + "' to the way its senders authenticate, such as github, or "
							+ "remove the secrets.");
		}
		if (scheme != AuthScheme.NONE && (inbound.secrets().isEmpty() == (inbound.secretFile() == null))) {
			throw new InvalidConfigurationException(
					"'" + settings.property("auth") + "' is '" + name(scheme) + "', but there "
							+ (hasSecret ? "are secrets in the configuration and in a file." : "is no secret."),
					"Set either '" + settings.property("secrets") + "' or '" + settings.property("secret-file") + "'.");
		}
		if ((inbound.hmac() != null) != (scheme == AuthScheme.HMAC)) {
			throw new InvalidConfigurationException(
					"'" + settings.property("hmac") + "' and '" + settings.property("auth")
							+ "=hmac' only make sense together.",
					"Set '" + settings.property("hmac.header") + "' and '" + settings.property("auth")
							+ "' to hmac, or " + "remove '" + settings.property("hmac") + "'.");
		}
		try {
			Authenticator authenticator = Authenticators.create(scheme, hmac(inbound.hmac()),
					new SecretSource(inbound.secrets(), inbound.secretFile(), this.clock),
					new TimestampWindow(this.clock, inbound.timestampTolerance()));
			warnOfWhiteSpace(inbound, settings);
			return authenticator;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationException("Senders of '" + settings.name() + "' cannot authenticate with '"
					+ name(scheme) + "': " + ex.getMessage() + ".",
					"Mend the keys next to '" + settings.property("auth") + "'.", ex);
		}
	}

	private static void warnOfWhiteSpace(Inbound inbound, PipelineSettings settings) {
		if (inbound.secrets().stream().anyMatch((secret) -> !secret.equals(secret.strip()))) {
			logger.warn("A secret in '{}' begins or ends with white space, such as the end of the line in a file: "
					+ "if the sender's does not, nothing it sends is authentic", settings.property("secrets"));
		}
	}

	private static String name(AuthScheme scheme) {
		return scheme.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	private static @Nullable HmacSettings hmac(@Nullable Hmac hmac) {
		return (hmac != null) ? new HmacSettings(hmac.header(), hmac.algorithm(), hmac.encoding(), hmac.prefix(),
				hmac.signed(), hmac.timestampHeader()) : null;
	}

	private void checkOpen(PipelineSettings settings) {
		if (!isLoopback() && this.environment.acceptsProfiles(Profiles.of("prod | production"))) {
			throw new InvalidConfigurationException(
					"'" + settings.property("auth") + "' is not set: in production, everybody who reaches this server "
							+ "could send events to '" + settings.name() + "'.",
					"Set it to the way its senders authenticate, or to 'none' if that is meant to be.");
		}
		logger.warn(
				"Everybody who reaches this server can send events to '{}': set '{}' to the way its senders "
						+ "authenticate, or to 'none' if that is meant to be",
				settings.name(), settings.property("auth"));
	}

	private boolean isLoopback() {
		String address = this.environment.getProperty("server.address");
		try {
			// to Java an empty name is the loopback address, to the server it is any
			// address
			return StringUtils.hasText(address) && InetAddress.getByName(address).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			// the server will say so, and not start
			return false;
		}
	}

}
