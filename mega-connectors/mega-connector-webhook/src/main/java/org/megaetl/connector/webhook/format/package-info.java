/**
 * From the bytes of a request to events: compression, batches, CloudEvents, ids.
 * <p>
 * Internal to MEGA; may change without notice.
 */
@NullMarked
package org.megaetl.connector.webhook.format;

import org.jspecify.annotations.NullMarked;
