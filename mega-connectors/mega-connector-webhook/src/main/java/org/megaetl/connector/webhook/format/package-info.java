/**
 * From the bytes of a request to events: compression, batches, CloudEvents, ids.
 */
@NullMarked
package org.megaetl.connector.webhook.format;

import org.jspecify.annotations.NullMarked;
