package org.megaetl.connector.webhook;

import org.megaetl.pipeline.PushPipeline;

/**
 * An address that events are posted to, and the pipeline behind it.
 *
 * @param path the exact path within the application, without its context path
 * @param pipeline the pipeline
 */
record WebhookInbound(String path, PushPipeline pipeline) {

}
