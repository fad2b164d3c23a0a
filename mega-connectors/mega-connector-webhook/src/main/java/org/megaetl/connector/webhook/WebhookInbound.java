package org.megaetl.connector.webhook;

import java.util.Set;

import org.megaetl.connector.webhook.auth.AuthScheme;
import org.megaetl.connector.webhook.auth.Authenticator;
import org.megaetl.connector.webhook.format.EventReader;
import org.megaetl.pipeline.EventIntake;

/**
 * An address that events are posted to, and the pipeline behind it.
 *
 * @param path the exact path within the application, without its context path
 * @param scheme how senders authenticate
 * @param authenticator knows the senders
 * @param rateLimit how much they may send
 * @param reader takes the events out of a body
 * @param compareBodies whether another body under the same id is a mistake
 * @param origins who may ask whether events may be sent here
 * @param pipeline the pipeline
 */
record WebhookInbound(String path, AuthScheme scheme, Authenticator authenticator, RateLimit rateLimit,
		EventReader reader, boolean compareBodies, Set<String> origins, EventIntake pipeline) {

}
