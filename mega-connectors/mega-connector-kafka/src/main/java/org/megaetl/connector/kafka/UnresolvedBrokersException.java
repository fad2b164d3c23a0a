package org.megaetl.connector.kafka;

import java.util.List;
import java.util.function.Supplier;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * The names of brokers do not resolve. The client takes that for a mistake in its
 * configuration and cannot be made, but names may be missing for as long as the brokers
 * are away.
 */
final class UnresolvedBrokersException extends RetriableException {

	private static final long serialVersionUID = 1L;

	/** There is no type for it, and no cause. */
	private static final List<String> MESSAGES = List.of("No resolvable bootstrap urls",
			"Unknown host in bootstrap.servers");

	private UnresolvedBrokersException(String servers, KafkaException cause) {
		super("the names of the brokers do not resolve: " + servers, cause);
	}

	/**
	 * Makes a client.
	 * @param servers the brokers
	 * @param client makes it
	 * @throws UnresolvedBrokersException if the names of the brokers do not resolve
	 * @throws KafkaException if it cannot be made otherwise
	 */
	static <T> T make(String servers, Supplier<T> client) {
		try {
			return client.get();
		}
		catch (KafkaException ex) {
			throw isCause(ex) ? new UnresolvedBrokersException(servers, ex) : ex;
		}
	}

	private static boolean isCause(KafkaException failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = String.valueOf(cause.getMessage());
			if (cause instanceof ConfigException && MESSAGES.stream().anyMatch(message::startsWith)) {
				return true;
			}
		}
		return false;
	}

}
