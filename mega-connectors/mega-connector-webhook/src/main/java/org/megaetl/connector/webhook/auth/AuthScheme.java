package org.megaetl.connector.webhook.auth;

import java.util.List;

/**
 * A way to authenticate requests, with what else is usual for those who use it.
 */
public enum AuthScheme {

	/**
	 * Standard Webhooks: Svix and everybody on the specification of standardwebhooks.com.
	 */
	STANDARD_WEBHOOKS("webhook-id"),

	/**
	 * GitHub's {@code X-Hub-Signature-256}.
	 */
	GITHUB("X-GitHub-Delivery"),

	/**
	 * Stripe's {@code Stripe-Signature}.
	 */
	STRIPE("/id"),

	/**
	 * Shopify's {@code X-Shopify-Hmac-SHA256}.
	 */
	SHOPIFY("X-Shopify-Topic", "X-Shopify-Event-Id"),

	/**
	 * Slack's {@code X-Slack-Signature}.
	 */
	SLACK("/event_id"),

	/**
	 * An HMAC that is described in full.
	 */
	HMAC,

	/**
	 * A token in the header {@code Authorization}.
	 */
	BEARER,

	/**
	 * A user and a password in the header {@code Authorization}.
	 */
	BASIC,

	/**
	 * Everybody may post.
	 */
	NONE;

	/** Of which a sender of Standard Webhooks sends one, or both with the same value. */
	private static final List<String> NAMES_OF_ID = List.of("webhook-id", "svix-id");

	private final List<String> eventId;

	AuthScheme(String... eventId) {
		this.eventId = List.of(eventId);
	}

	/**
	 * Returns where such senders put the id of an event.
	 * @return names of headers and JSON pointers; none if there is no usual place
	 */
	public List<String> eventId() {
		return this.eventId;
	}

	/**
	 * Returns headers that are one header with several names: names are not signed, so
	 * that who sends a request again could choose one under which its id is not found.
	 * @return the names; none for most senders
	 */
	public List<String> namesOfOneHeader() {
		return (this == STANDARD_WEBHOOKS) ? NAMES_OF_ID : List.of();
	}

	/**
	 * Returns whether such senders send an event again with the bytes they sent first.
	 * Stripe does not: an event tells how many deliveries of it are pending.
	 * @return whether the same id means the same body
	 */
	public boolean isBodyStable() {
		return this != STRIPE;
	}

	/**
	 * Returns whether bodies are signed, but headers that tell how to read them are not.
	 * @return whether such headers must not decide what the id of an event is
	 */
	public boolean isSigned() {
		return switch (this) {
			case STANDARD_WEBHOOKS, GITHUB, STRIPE, SHOPIFY, SLACK, HMAC -> true;
			case BEARER, BASIC, NONE -> false;
		};
	}

}
